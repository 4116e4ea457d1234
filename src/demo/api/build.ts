import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyBaseLogger } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { type Clock, systemClock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import { noTelemetry, type Telemetry } from '../../core/telemetry/telemetry.ts'
import { eventStreams } from '../../http/streams/event-streams.ts'
import type { PrivacyVault } from '../../privacy/index.ts'
import type { Storage } from '../../views/with-views.ts'
import { type AccessOptions, LOOPBACK_ONLY } from '../../worker/http/access.ts'
import { answerParserError } from '../../worker/http/parser-errors.ts'
import { limitServer, SERVER_LIMITS } from '../../worker/http/server-limits.ts'
import { openContracts } from '../domain/customers/contracts.ts'
import { openCustomers } from '../domain/customers/customers.ts'
import { openMeters } from '../domain/meters/meters.ts'
import type { Api } from './api.ts'
import { answerFailure, answerNotFound } from './failures.ts'
import { admitRequests } from './requests/admission.ts'
import { loggedRequest } from './requests/logged-request.ts'
import { REQUEST_ID_HEADER, requestIdOf } from './requests/request-ids.ts'
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
  /** Measures every append. */
  readonly telemetry?: Telemetry
  /** The host names of the server; by default only loopback names. */
  readonly access?: AccessOptions
}

/** A day of 96 readings takes 6 KB. */
const BODY_LIMIT = 100 * 1024

/** An id of 180 characters, each with three bytes in UTF-8, and three characters for each byte in a URL. */
const MAX_PARAM_LENGTH = 180 * 9

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
  access = LOOPBACK_ONLY,
}: BuildOptions): Promise<Api> {
  const { requestTimeout, keepAliveTimeout, maxRequestsPerSocket, ...http } = SERVER_LIMITS
  const api = fastify({
    ...(logger && { loggerInstance: logger.child({}, { serializers: { req: loggedRequest } }) }),
    bodyLimit: BODY_LIMIT,
    requestTimeout,
    keepAliveTimeout,
    maxRequestsPerSocket,
    http,
    genReqId: requestIdOf,
    frameworkErrors: answerFailure,
    clientErrorHandler: answerParserError,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  }).withTypeProvider<ZodTypeProvider>()
  api.setValidatorCompiler(validatorCompiler)
  api.setSerializerCompiler(serializerCompiler)
  api.setErrorHandler(answerFailure)
  api.setNotFoundHandler(answerNotFound)
  api.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id)
  })
  limitServer(api.server)
  admitRequests(api, access)
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
  await api.ready()
  return api
}

// Many clients send the media type even without a body, for instance when they close a year.
function acceptOnlyJson(api: Api): void {
  api.removeContentTypeParser('text/plain')
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}
