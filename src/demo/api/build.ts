import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyBaseLogger } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { type Clock, systemClock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import { noTelemetry, type Telemetry } from '../../core/telemetry/telemetry.ts'
import { eventStreams } from '../../http/streams/event-streams.ts'
import type { PrivacyVault } from '../../privacy/index.ts'
import { type AccessOptions, LOOPBACK_ONLY } from '../../process/http/access.ts'
import type { Scrape } from '../../process/start-telemetry.ts'
import type { Storage } from '../../views/with-views.ts'
import { openContracts } from '../domain/customers/contracts.ts'
import { openCustomers } from '../domain/customers/customers.ts'
import { openMeters } from '../domain/meters/meters.ts'
import { createServer } from '../server/create-server.ts'
import { getMetrics } from '../server/health/get-metrics.ts'
import type { Server } from '../server/server.ts'
import { problems } from './failures.ts'
import { refuseForms } from './requests/admission.ts'
import { routes } from './routes/index.ts'

/** The options of the API. */
export type BuildOptions = {
  readonly storage: Storage
  /** The vault of the storage; without it, nothing about customers can be stored. */
  readonly vault?: PrivacyVault | undefined
  readonly clock?: Clock
  readonly logger?: FastifyBaseLogger
  /** The longest that a read waits for a position, in milliseconds; default 5,000. */
  readonly viewTimeout?: number
  /** Measures every append and every request. */
  readonly telemetry?: Telemetry
  /** What `GET /metrics` responds with; without it, there is no such path. */
  readonly scrape?: Scrape
  /** The host names of the server; by default only loopback names. */
  readonly access?: AccessOptions
}

/** A day of 96 readings takes 6 KB. */
const BODY_LIMIT = 100 * 1024

/** The documentation is a page with its own scripts, styles and images. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Creates the API, without listening yet. Closing it leaves the storage open. */
export async function build({
  storage,
  vault,
  clock = systemClock,
  logger,
  viewTimeout = 5_000,
  telemetry = noTelemetry,
  scrape,
  access = LOOPBACK_ONLY,
}: BuildOptions): Promise<Server> {
  const api = createServer({ logger, access, bodyLimit: BODY_LIMIT, telemetry, problems })
  refuseForms(api)
  acceptOnlyJson(api)
  await api.register(swagger, {
    openapi: {
      info: {
        title: 'Tidemark: meter registration',
        description: 'The demo of an event store. It has no login.',
        version: '1.0.0',
      },
    },
    transform: jsonSchemaTransform,
  })
  await api.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_CSP })
  const closing = new AbortController()
  api.addHook('preClose', async () => closing.abort(new StorageClosed()))
  const customers = openCustomers(storage, { clock, telemetry })
  const contracts = openContracts(storage, { telemetry })
  const meters = openMeters(storage, { clock, telemetry, customers })
  const streams = eventStreams({ signal: closing.signal, onError: (error) => api.log.error(error) })
  const opened = { storage, vault, customers, contracts, meters }
  const context = { ...opened, clock, viewTimeout, closing: closing.signal, streams }
  for (const route of routes) route(api, context)
  if (scrape) getMetrics(api, scrape)
  await api.ready()
  return api
}

// Many clients send the media type even without a body, for instance when they close a year.
function acceptOnlyJson(api: Server): void {
  api.removeContentTypeParser('text/plain')
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}
