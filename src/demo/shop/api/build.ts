import type { FastifyBaseLogger } from 'fastify'
import { StorageClosed } from '../../../core/errors/storage.ts'
import { ingestPlugin } from '../../../ingest/ingest-plugin.ts'
import { type AccessOptions, LOOPBACK_ONLY } from '../../../process/http/access.ts'
import { subjects } from '../../../rules/index.ts'
import type { Storage } from '../../../views/with-views.ts'
import { createServer } from '../../server/create-server.ts'
import { getHealth } from '../../server/health/get-health.ts'
import { getReady } from '../../server/health/get-ready.ts'
import type { Server } from '../../server/server.ts'
import { acceptEvents } from '../accept-events.ts'
import { type Services, toTry } from '../to-try.ts'
import { getLog } from './get-log.ts'
import { getSubject } from './get-subject.ts'
import { ruleWaiter } from './wait-for-rules.ts'

/** The options of the API. */
export type ShopOptions = {
  readonly storage: Storage
  readonly logger?: FastifyBaseLogger
  /** The longest that a read waits for a position, in milliseconds; default 5,000. */
  readonly viewTimeout?: number
  /** The host names of the server; by default only loopback names. */
  readonly access?: AccessOptions
  /** What else runs, for the commands that `GET /` shows. */
  readonly services?: Services
}

const BODY_LIMIT = 1024 * 1024

/** Creates the shop's API, without listening yet. Closing it leaves the storage open. */
export async function buildShop({
  storage,
  logger,
  viewTimeout = 5_000,
  access = LOOPBACK_ONLY,
  services = {},
}: ShopOptions): Promise<Server> {
  const api = createServer({ logger, access, bodyLimit: BODY_LIMIT })
  const closing = new AbortController()
  api.addHook('preClose', async () => closing.abort(new StorageClosed()))
  const events = acceptEvents(storage, {
    tell: (type) => api.log.info({ type }, 'stored an event that no rule is on'),
    onError: (error) => api.log.error(error),
  })
  await api.register(ingestPlugin(events))
  const context = {
    subjects: subjects(storage),
    waitForRules: ruleWaiter(storage, { timeout: viewTimeout, signal: closing.signal }),
  }
  getSubject(api, context)
  getLog(api, context)
  getHealth(api)
  getReady(api, { storage })
  api.get('/', async ({ host }, reply) => {
    reply.type('text/plain; charset=utf-8')
    return toTry(`http://${host}`, services)
  })
  await api.ready()
  return api
}
