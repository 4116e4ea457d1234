import { Command } from 'commander'
import { addressOf } from '../../messaging/contracts/address.ts'
import { besideFolder } from '../../open/file-url.ts'
import { prepareStorage } from '../../open/open-storage.ts'
import { readWorkerConfig } from '../../worker/config.ts'
import { readDemoConfig } from '../config.ts'
import { startDemo } from '../processes/start-demo.ts'
import { findLocalRedis } from './find-redis.ts'
import { notices } from './notices.ts'
import { readNotificationsConfig } from './notifications/config.ts'
import { runShop } from './run-shop.ts'

// What `npm run demo:shop` runs.

const DEFAULT_STORAGE = 'file:./data-shop'

const options = new Command('tidemark-demo-shop')
  .description('Starts the shop: events in over HTTP, rules, Redis, and a second service. It has no login.')
  .option('--port <number>', 'port of the API, 0 for any free one (default: PORT or 3000)')
  .option('--storage <url>', `storage to work on (default: TIDEMARK_STORAGE or ${DEFAULT_STORAGE})`)
  .addHelpText(
    'after',
    `
Environment:
  HOST             address that all listen on (127.0.0.1)
  ALLOWED_HOSTS    further names by which clients call them, separated by commas (none)
  PORT             port of the API (3000)
  WORKER_PORT      port of the worker's health server (0: any free one)
  LEASE_DURATION   milliseconds after which the ranges of a killed worker go to the next one (3000;
                   on an account 15000)
  LOG_LEVEL        fatal, error, warn, info, debug, trace or silent (info)
  TIDEMARK_STORAGE storage (${DEFAULT_STORAGE}), as for npm start
  VIEW_TIMEOUT     milliseconds that a read waits for a Tidemark-Position at most (5000)
  REDIS_URL        Redis server for the last states (redis://127.0.0.1:6379, if it responds)
  SERVICE_BUS_CONNECTION_STRING
                   namespace with the queue ${notices.uri} (an emulator, which keeps messages beside the
                   storage)
  NOTIFICATIONS_PORT, NOTIFICATIONS_STORAGE
                   port of the second service (0: any free one), and its storage (beside the first one)`,
  )
  .parse()
  .opts<{ port?: string; storage?: string }>()

await startDemo(options, DEFAULT_STORAGE, async (given, url) => {
  const beside = (suffix: string) => besideFolder(url, 'TIDEMARK_STORAGE', suffix) ?? `./data-shop${suffix}`
  const redis = given.REDIS_URL || (await findLocalRedis())
  const environment = {
    ...given,
    NOTIFICATIONS_STORAGE: given.NOTIFICATIONS_STORAGE || `file:${beside('.notifications')}`,
    ...(redis !== undefined && { REDIS_URL: redis }),
  }
  // All processes read the same environment: a fault in it is reported once, before any of them is started.
  readWorkerConfig(environment)
  readDemoConfig(environment)
  const { environment: name } = readNotificationsConfig(environment)
  await prepareStorage(url, 'TIDEMARK_STORAGE')
  const emulator = { folder: beside('.bus'), queue: addressOf(name, notices) }
  return runShop({
    storage: url,
    environment,
    emulator: given.SERVICE_BUS_CONNECTION_STRING ? undefined : emulator,
  })
})
