import { fileURLToPath } from 'node:url'
import { type Kept, keepRunning } from '../processes/keep-running.ts'
import { runProcesses } from '../processes/run-processes.ts'
import { introduction } from './banner.ts'

const scriptOf = (path: string) => new URL(path, import.meta.url)
const folderOf = (path: string) => fileURLToPath(scriptOf(path))

const busOf = ({ folder, queue }: { readonly folder: string; readonly queue: string }): Kept => ({
  name: 'The bus',
  script: scriptOf('bus/main.ts'),
  args: [folder, queue],
  environment: {},
  portSetting: 'BUS_PORT',
  outlives: true,
})
const NOTIFICATIONS = {
  name: 'The notifications service',
  script: scriptOf('notifications/main.ts'),
  args: [],
  portSetting: 'NOTIFICATIONS_PORT',
}
const API = { name: 'The API', script: scriptOf('api/main.ts'), args: [], portSetting: 'PORT' }
const WORKER = { script: scriptOf('../../worker/main.ts'), portSetting: 'WORKER_PORT' }
const RULES = { ...WORKER, name: 'The worker', args: [folderOf('worker')] }
const CACHE: Kept = {
  ...WORKER,
  name: 'The worker of Redis',
  args: [folderOf('cache')],
  environment: { WORKER_PORT: '0' },
}

/** What the shop runs. */
export type ShopRun = {
  /** The URL of the storage, for display. */
  readonly storage: string
  /** The environment of all processes. */
  readonly environment: NodeJS.ProcessEnv
  /** The emulator of the bus, unless the environment names a namespace. */
  readonly emulator: { readonly folder: string; readonly queue: string } | undefined
}

/**
 * Runs the shop: the bus, the notifications service, the API, and workers for rules and for Redis. A process that is
 * killed is started again, so that you can see that nothing is lost; if one ends by itself, all are stopped.
 *
 * @returns the exit code
 */
export const runShop = ({ storage, environment, emulator }: ShopRun): Promise<number> =>
  runProcesses(async (processes) => {
    const start = (kept: Kept) =>
      keepRunning(processes, { ...kept, environment: { ...environment, ...kept.environment } })

    // In rounds: each needs the one before, and a fault of the storage is reported once.
    const bus = emulator ? await start(busOf(emulator)) : environment.SERVICE_BUS_CONNECTION_STRING
    if (bus === undefined) return
    const connected = { SERVICE_BUS_CONNECTION_STRING: bus }
    const [notifications, worker] = await Promise.all([
      start({ ...NOTIFICATIONS, environment: connected }),
      start({ ...RULES, environment: connected }),
    ])
    if (notifications === undefined || worker === undefined) return
    const { REDIS_URL: redis } = environment
    const [api, cache] = await Promise.all([
      start({ ...API, environment: { NOTIFICATIONS_URL: notifications } }),
      redis ? start(CACHE) : undefined,
    ])
    if (api === undefined || (redis && cache === undefined)) return
    console.log(introduction({ api, worker, cache, notifications, storage, redis, bus: emulator?.folder }))
  })
