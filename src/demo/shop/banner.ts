import { withoutSecrets } from '../../open/secrets.ts'
import { toTry } from './to-try.ts'

/** What runs, and where. */
export type ShopAddresses = {
  readonly api: string
  readonly worker: string
  /** The worker that writes to Redis. */
  readonly cache: string | undefined
  readonly notifications: string
  readonly storage: string
  /** The URL of the Redis server. */
  readonly redis: string | undefined
  /** The folder of the emulator's messages; undefined on a namespace. */
  readonly bus: string | undefined
}

const NO_REDIS =
  'none: no server responds on 127.0.0.1:6379. Install one (apt-get install redis-server, or docker run -p 127.0.0.1:6379:6379 redis), or set REDIS_URL'

/** What the shop prints once it runs: addresses, and commands to try that work as they are printed. */
export function introduction({ api, worker, cache, notifications, storage, redis, bus }: ShopAddresses): string {
  return `
Tidemark's demo, a shop with rules, runs. It has no login. Ctrl-C stops it.

  API            ${api}
  worker         ${worker}/status  (runs the rules)
  notifications  ${notifications}/notifications  (another service)
  bus            ${bus === undefined ? 'SERVICE_BUS_CONNECTION_STRING' : `an emulator of Azure Service Bus  (${bus})`}
  Redis          ${redis === undefined ? NO_REDIS : `${withoutSecrets(redis)}  (written by ${cache}/status)`}
  storage        ${withoutSecrets(storage)}

${toTry(api, { notifications, redis })}
See why a rule fired, or did not:
  npm run tidemark -- rules explain user:456@3 --rules src/demo/shop/worker --storage '${withoutSecrets(storage)}'
`
}
