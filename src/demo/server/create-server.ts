import fastify, { type FastifyBaseLogger } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { noTelemetry, type Telemetry } from '../../core/telemetry/telemetry.ts'
import { measureRequest } from '../../http/measure-request.ts'
import { problem } from '../../http/problems/problem.ts'
import type { ProblemOptions } from '../../http/problems/problem-of.ts'
import type { AccessOptions } from '../../process/http/access.ts'
import { answerParserError } from '../../process/http/parser-errors.ts'
import { requestGate } from '../../process/http/request-gate.ts'
import { limitServer, SERVER_LIMITS } from '../../process/http/server-limits.ts'
import { answerNotFound, answerProblem, failureHandler } from './failures.ts'
import { loggedRequest } from './logged-request.ts'
import { REQUEST_ID_HEADER, requestIdOf } from './request-ids.ts'
import type { Server } from './server.ts'

/** The options of a server. */
export type ServerOptions = {
  readonly logger?: FastifyBaseLogger | undefined
  readonly access: AccessOptions
  /** The maximum size of a request's body, in bytes. */
  readonly bodyLimit: number
  /** Measures every request. */
  readonly telemetry?: Telemetry
  /** How the errors of the routes become problem details. */
  readonly problems?: ProblemOptions
}

/** An id of 180 characters, each with three bytes in UTF-8, and three characters for each byte in a URL. */
const MAX_PARAM_LENGTH = 180 * 9

/** Creates a server without routes: with limits, access checks, ids of requests, and problem details for every failure. */
export function createServer({
  logger,
  access,
  bodyLimit,
  telemetry = noTelemetry,
  problems = {},
}: ServerOptions): Server {
  const { requestTimeout, keepAliveTimeout, maxRequestsPerSocket, ...http } = SERVER_LIMITS
  const answerFailure = failureHandler(problems)
  const server = fastify({
    ...(logger && { loggerInstance: logger.child({}, { serializers: { req: loggedRequest } }) }),
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    maxRequestsPerSocket,
    http,
    genReqId: requestIdOf,
    frameworkErrors: answerFailure,
    clientErrorHandler: answerParserError,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  }).withTypeProvider<ZodTypeProvider>()
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  server.setErrorHandler(answerFailure)
  server.setNotFoundHandler(answerNotFound)
  server.addHook('onRequest', async (request, reply) => {
    measureRequest(telemetry, request.raw, reply.raw, () => request.routeOptions.url)
    reply.header(REQUEST_ID_HEADER, request.id)
  })
  limitServer(server.server)
  const gate = requestGate(access)
  server.addHook('onRequest', async (request, reply) => {
    const refusal = gate(request.raw, reply.raw)
    if (refusal) return answerProblem(reply, problem(refusal.status, refusal.code, refusal.detail))
  })
  return server
}
