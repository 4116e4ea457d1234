import { z } from 'zod'
import { readOpeningSettings } from '../../../open/opening-settings.ts'
import { allowedHostsSetting, hostSetting, logLevelSetting, portSetting } from '../../../process/common-settings.ts'
import { readSettings } from '../../../process/settings.ts'

/** The settings of the notifications service from its environment. */
export type NotificationsConfig = {
  readonly host: string
  readonly allowedHosts: readonly string[]
  /** 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  /** The URL of its own storage. */
  readonly storage: string
  /** That of the shop, which is in front of addresses on the bus. */
  readonly environment: string | undefined
}

/**
 * Reads `HOST`, `ALLOWED_HOSTS`, `NOTIFICATIONS_PORT`, `LOG_LEVEL`, `NOTIFICATIONS_STORAGE` and `TIDEMARK_ENVIRONMENT`.
 *
 * @throws InvalidConfiguration
 */
export function readNotificationsConfig(environment: NodeJS.ProcessEnv): NotificationsConfig {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    ALLOWED_HOSTS: allowedHostsSetting,
    NOTIFICATIONS_PORT: portSetting.default(0),
    LOG_LEVEL: logLevelSetting,
    NOTIFICATIONS_STORAGE: z.string().default('file:./data-notifications'),
  })
  const { NOTIFICATIONS_STORAGE: storage } = settings
  return {
    host: settings.HOST,
    allowedHosts: settings.ALLOWED_HOSTS,
    port: settings.NOTIFICATIONS_PORT,
    logLevel: settings.LOG_LEVEL,
    storage,
    environment: readOpeningSettings(environment, storage, 'NOTIFICATIONS_STORAGE').environment,
  }
}
