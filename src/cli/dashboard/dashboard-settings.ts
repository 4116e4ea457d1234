import { z } from 'zod'
import { InvalidConfiguration, InvalidOption } from '../../core/errors/input.ts'
import { defaultOps } from '../../dashboard/default-ops.ts'
import type { DashboardOptions } from '../../dashboard/options.ts'
import { readChainConfig } from '../../open/chain/chain-config.ts'
import { readOpeningSettings } from '../../open/opening-settings.ts'
import { thresholdsWith } from '../../operations/alerts/given-thresholds.ts'
import type { ThresholdOptions } from '../../operations/alerts/thresholds.ts'
import {
  allowedHostsSetting,
  hostSetting,
  metricsSetting,
  portSetting,
  storageSetting,
} from '../../process/common-settings.ts'
import { isLoopback } from '../../process/loopback.ts'
import { readSettings } from '../../process/settings.ts'
import type { MetricsReader } from '../../process/start-telemetry.ts'

/** How a dashboard is run. */
export type DashboardSettings = {
  readonly host: string
  readonly port: number
  readonly metrics: MetricsReader
  readonly options: Omit<DashboardOptions, 'tokens'> & { readonly ops: string }
  readonly tokens: DashboardOptions['tokens']
}

const text = z.string().optional()

const thresholdsSetting = z.string().transform((given, { addIssue }): ThresholdOptions => {
  try {
    const thresholds = JSON.parse(given) as ThresholdOptions
    thresholdsWith(thresholds)
    return thresholds
  } catch (error) {
    addIssue(error instanceof InvalidOption ? error.message : 'must be JSON, such as {"lag":{"warning":120000}}')
    return z.NEVER
  }
})

/**
 * Reads `HOST`, `ALLOWED_HOSTS`, `DASHBOARD_PORT`, `DASHBOARD_TOKEN`, `DASHBOARD_VIEWER_TOKEN`, `DASHBOARD_OPS`,
 * `DASHBOARD_NOTIFY`, `DASHBOARD_PAYLOADS`, `DASHBOARD_READ_ONLY`, `DASHBOARD_LABEL`, `DASHBOARD_LINK`,
 * `DASHBOARD_THRESHOLDS`, `METRICS`, `TIDEMARK_STORAGE`, `VAULT_STORAGE` and what `readChainConfig` and `readOpeningSettings` read.
 *
 * @throws InvalidConfiguration naming the variable: also if there is no token, and other machines can reach the address
 */
export function readDashboardSettings(environment: NodeJS.ProcessEnv): DashboardSettings {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    ALLOWED_HOSTS: allowedHostsSetting,
    DASHBOARD_PORT: portSetting.default(0),
    METRICS: metricsSetting,
    TIDEMARK_STORAGE: storageSetting,
    VAULT_STORAGE: text,
    DASHBOARD_TOKEN: text,
    DASHBOARD_VIEWER_TOKEN: text,
    DASHBOARD_OPS: text,
    DASHBOARD_NOTIFY: text,
    DASHBOARD_LABEL: z.string().max(40, 'must be at most 40 characters').optional(),
    DASHBOARD_LINK: z.url('must be a URL').optional(),
    DASHBOARD_THRESHOLDS: thresholdsSetting.optional(),
    DASHBOARD_PAYLOADS: z.enum(['full', 'keys', 'none']).default('full'),
    DASHBOARD_READ_ONLY: z.enum(['true', 'false']).default('false'),
  })
  const { HOST: host, TIDEMARK_STORAGE: storage, DASHBOARD_TOKEN: operator, DASHBOARD_VIEWER_TOKEN: viewer } = settings
  if (operator === undefined && viewer === undefined && !isLoopback(host)) {
    throw new InvalidConfiguration(
      'DASHBOARD_TOKEN',
      `is needed on ${host}, which other machines can reach: set it, or DASHBOARD_VIEWER_TOKEN, to 16 characters or more`,
    )
  }
  const chain = readChainConfig(environment, storage, 'TIDEMARK_STORAGE')
  return {
    host,
    port: settings.DASHBOARD_PORT,
    metrics: settings.METRICS,
    tokens: { ...(operator !== undefined && { operator }), ...(viewer !== undefined && { viewer }) },
    options: {
      storage,
      ops: settings.DASHBOARD_OPS ?? defaultOps(storage, 'TIDEMARK_STORAGE'),
      host,
      allowedHosts: settings.ALLOWED_HOSTS,
      payloads: settings.DASHBOARD_PAYLOADS,
      readOnly: settings.DASHBOARD_READ_ONLY === 'true',
      notify: (settings.DASHBOARD_NOTIFY ?? '').split(/\s+/).filter((one) => one !== ''),
      ...(chain !== undefined && { chain }),
      ...(settings.VAULT_STORAGE !== undefined && { vaultStorage: settings.VAULT_STORAGE }),
      ...(settings.DASHBOARD_LABEL !== undefined && { label: settings.DASHBOARD_LABEL }),
      ...(settings.DASHBOARD_LINK !== undefined && { link: settings.DASHBOARD_LINK }),
      ...(settings.DASHBOARD_THRESHOLDS !== undefined && { thresholds: settings.DASHBOARD_THRESHOLDS }),
      opening: { setting: 'TIDEMARK_STORAGE', ...readOpeningSettings(environment, storage, 'TIDEMARK_STORAGE') },
    },
  }
}
