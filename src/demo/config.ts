import { z } from 'zod'
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

/** The settings of the demo's API from its environment. */
export type DemoConfig = {
  /** The address to listen on. The demo has no login: any address but a loopback one gives everyone access. */
  readonly host: string
  /** Additional host names of the server; see `accessCheck`. */
  readonly allowedHosts: readonly string[]
  /** 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  /** Who reads what is measured. */
  readonly metrics: MetricsReader
  /** The URL of the storage. */
  readonly storage: string
  /** The longest that a read with a `Tidemark-Position` waits, in milliseconds. */
  readonly viewTimeout: number
  /** Its vault, without which there are no customers. */
  readonly vault: VaultConfig | undefined
  /** Its environment, and the keys that seal what it writes. */
  readonly opening: OpeningSettings
}

/**
 * Reads `HOST`, `ALLOWED_HOSTS`, `PORT`, `LOG_LEVEL`, `METRICS`, `TIDEMARK_STORAGE`, `VIEW_TIMEOUT` and what
 * `readVaultConfig` and `readOpeningSettings` read.
 *
 * @throws InvalidConfiguration
 */
export function readDemoConfig(environment: NodeJS.ProcessEnv): DemoConfig {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    ALLOWED_HOSTS: allowedHostsSetting,
    PORT: portSetting.default(3000),
    LOG_LEVEL: logLevelSetting,
    METRICS: metricsSetting,
    TIDEMARK_STORAGE: storageSetting,
    VIEW_TIMEOUT: millisecondsSetting.pipe(z.number().max(60_000)).default(5_000),
  })
  return {
    host: settings.HOST,
    allowedHosts: settings.ALLOWED_HOSTS,
    port: settings.PORT,
    logLevel: settings.LOG_LEVEL,
    metrics: settings.METRICS,
    storage: settings.TIDEMARK_STORAGE,
    viewTimeout: settings.VIEW_TIMEOUT,
    vault: readVaultConfig(environment, settings.TIDEMARK_STORAGE, 'TIDEMARK_STORAGE'),
    opening: readOpeningSettings(environment, settings.TIDEMARK_STORAGE, 'TIDEMARK_STORAGE'),
  }
}
