import { z } from 'zod'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { type ChainConfig, readChainConfig } from '../open/chain/chain-config.ts'
import { type OpeningSettings, readOpeningSettings } from '../open/opening-settings.ts'
import { readVaultConfig, type VaultConfig } from '../open/vault/vault-config.ts'
import {
  allowedHostsSetting,
  hostSetting,
  logLevelSetting,
  metricsSetting,
  millisecondsSetting,
  portSetting,
  storageSetting,
} from '../process/common-settings.ts'
import { readSettings } from '../process/settings.ts'
import type { MetricsReader } from '../process/start-telemetry.ts'

/** The worker's settings from its environment. */
export type WorkerConfig = {
  /** The address of the health server. */
  readonly host: string
  /** Additional host names of the server; see `accessCheck`. */
  readonly allowedHosts: readonly string[]
  /** The port of the health server; 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  /** Who reads what is measured. */
  readonly metrics: MetricsReader
  /** The URL of the storage. */
  readonly storage: string
  /** What the application calls its release. */
  readonly release: string | undefined
  /** How long a lease is valid, in milliseconds; see the processor's options. */
  readonly leaseDuration: number
  /** Milliseconds between checks of the leases, and of a feed without notifications; see the processor's options. */
  readonly pollInterval: number | undefined
  /** After how many milliseconds without progress a range that is behind is stalled. */
  readonly stalledAfter: number
  /** After how many milliseconds a reaction that waits for its destination is shown as waiting. */
  readonly waitingAfter: number
  /** Its vault, if it has one. */
  readonly vault: VaultConfig | undefined
  /** The chain that it seals, if there is one. */
  readonly chain: ChainConfig | undefined
  /** Its environment, and the keys that seal what it writes. */
  readonly opening: OpeningSettings
}

/**
 * Reads `HOST`, `ALLOWED_HOSTS`, `WORKER_PORT`, `LOG_LEVEL`, `METRICS`, `TIDEMARK_STORAGE`, `TIDEMARK_RELEASE`,
 * `LEASE_DURATION`, `POLL_INTERVAL`, `STALLED_AFTER`, `WAITING_AFTER` and what `readVaultConfig`, `readChainConfig` and
 * `readOpeningSettings` read.
 *
 * @throws InvalidConfiguration
 */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    ALLOWED_HOSTS: allowedHostsSetting,
    WORKER_PORT: portSetting.default(0),
    LOG_LEVEL: logLevelSetting,
    METRICS: metricsSetting,
    TIDEMARK_STORAGE: storageSetting,
    TIDEMARK_RELEASE: z.string().max(200, 'must be at most 200 characters').optional(),
    LEASE_DURATION: millisecondsSetting.pipe(z.number().min(100).max(3_600_000)).default(15_000),
    POLL_INTERVAL: millisecondsSetting.pipe(z.number().min(1)).optional(),
    STALLED_AFTER: millisecondsSetting.pipe(z.number().min(1)).default(60_000),
    WAITING_AFTER: millisecondsSetting.pipe(z.number().min(1)).default(60_000),
  })
  if (settings.POLL_INTERVAL !== undefined && settings.POLL_INTERVAL > settings.LEASE_DURATION / 2) {
    throw new InvalidConfiguration('POLL_INTERVAL', 'must be at most half of LEASE_DURATION')
  }
  return {
    host: settings.HOST,
    allowedHosts: settings.ALLOWED_HOSTS,
    port: settings.WORKER_PORT,
    logLevel: settings.LOG_LEVEL,
    metrics: settings.METRICS,
    storage: settings.TIDEMARK_STORAGE,
    release: settings.TIDEMARK_RELEASE,
    leaseDuration: settings.LEASE_DURATION,
    pollInterval: settings.POLL_INTERVAL,
    stalledAfter: settings.STALLED_AFTER,
    waitingAfter: settings.WAITING_AFTER,
    vault: readVaultConfig(environment, settings.TIDEMARK_STORAGE, 'TIDEMARK_STORAGE'),
    chain: readChainConfig(environment, settings.TIDEMARK_STORAGE, 'TIDEMARK_STORAGE'),
    opening: readOpeningSettings(environment, settings.TIDEMARK_STORAGE, 'TIDEMARK_STORAGE'),
  }
}
