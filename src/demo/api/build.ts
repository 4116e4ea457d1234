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
import { noTelemetry, type Telemetry } from '../../core/telemetry.ts'
import type { Storage } from '../../views/storage.ts'
import { openMeters } from '../domain/meters.ts'
import type { Api } from './api.ts'
import { answerFailure, answerNotFound } from './failures.ts'
import { REQUEST_ID_HEADER, requestIdOf } from './request-ids.ts'
import { routes } from './routes/index.ts'

/** What the API is made of. */
export type BuildOptions = {
  readonly storage: Storage
  readonly clock?: Clock
  readonly logger?: FastifyBaseLogger
  /** For how many milliseconds a read waits for a position at most; default 5,000. */
  readonly viewTimeout?: number
  /** Told of every append. */
  readonly telemetry?: Telemetry
}

/** A day of 96 readings takes 6 KB. */
const BODY_LIMIT = 100 * 1024

/** An id of 180 characters, each of them three bytes in UTF-8 and three characters a byte in a URL. */
const MAX_PARAM_LENGTH = 180 * 9

/** Makes the API, without listening yet. Closing it leaves the storage open. */
export async function build({
  storage,
  clock = systemClock,
  logger,
  viewTimeout = 5_000,
  telemetry = noTelemetry,
}: BuildOptions): Promise<Api> {
  const api = fastify({
    ...(logger && { loggerInstance: logger }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    genReqId: requestIdOf,
    frameworkErrors: answerFailure,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  }).withTypeProvider<ZodTypeProvider>()
  api.setValidatorCompiler(validatorCompiler)
  api.setSerializerCompiler(serializerCompiler)
  api.setErrorHandler(answerFailure)
  api.setNotFoundHandler(answerNotFound)
  api.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id)
  })
  acceptEmptyJson(api)
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
  await api.register(swaggerUi, { routePrefix: '/docs' })
  const closing = new AbortController()
  api.addHook('preClose', async () => closing.abort(new StorageClosed()))
  const meters = openMeters(storage, { clock, telemetry })
  const context = { storage, meters, viewTimeout, closing: closing.signal }
  for (const route of routes) route(api, context)
  await api.ready()
  return api
}

// Many clients name the media type also where they send no body, as when they close a year.
function acceptEmptyJson(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, String(body), done)
  })
}
