import { readSettings } from '../open/settings.ts'
import { hostSetting, logLevelSetting, portSetting, storageSetting } from './common-settings.ts'

/** What the worker is told by its environment. */
export type WorkerConfig = {
  /** The address of the health server. */
  readonly host: string
  /** The port of the health server; 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  /** The URL of the storage. */
  readonly storage: string
}

/** Reads `HOST`, `WORKER_PORT`, `LOG_LEVEL` and `TIDEMARK_STORAGE`. @throws InvalidConfiguration */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const settings = readSettings(environment, {
    HOST: hostSetting,
    WORKER_PORT: portSetting.default(0),
    LOG_LEVEL: logLevelSetting,
    TIDEMARK_STORAGE: storageSetting,
  })
  return {
    host: settings.HOST,
    port: settings.WORKER_PORT,
    logLevel: settings.LOG_LEVEL,
    storage: settings.TIDEMARK_STORAGE,
  }
}
