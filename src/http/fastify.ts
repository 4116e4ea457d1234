import { errorResponse, REPRESENTATION_HEADERS } from './problems/error-response.ts'
import { type Fault, type Problem, problem } from './problems/problem.ts'
import type { ProblemOptions } from './problems/problem-of.ts'
import type { RequestHeaders } from './request-headers.ts'

/** The part of fastify's request that is used here. */
export type FastifyRequestLike = {
  readonly headers: RequestHeaders
  readonly log: { error(error: unknown): void }
}

/** The part of fastify's reply that is used here. */
export type FastifyReplyLike = {
  code(status: number): unknown
  header(name: string, value: string): unknown
  removeHeader(name: string): unknown
  serializer(serialize: (payload: unknown) => string): unknown
  send(payload: unknown): unknown
}

/**
 * Creates an error handler for fastify (`setErrorHandler`, `frameworkErrors`). Every error becomes problem details,
 * including those of fastify itself and of its validation. Errors that are the server's fault are written to the
 * request's log.
 */
export function fastifyErrorHandler(
  options: ProblemOptions = {},
): <R extends FastifyReplyLike>(error: unknown, request: FastifyRequestLike, reply: R) => R {
  return (error, request, reply) => {
    const response = errorResponse(error, request.headers, options, fastifyProblem)
    if (response.failure) request.log.error(response.failure.error)
    for (const name of REPRESENTATION_HEADERS) reply.removeHeader(name)
    for (const [name, value] of Object.entries(response.headers)) reply.header(name, value)
    reply.code(response.status)
    // The schema of the route's responses does not apply to problem details.
    reply.serializer(String)
    reply.send(response.text)
    return reply
  }
}

type ValidationFault = {
  readonly instancePath?: string
  readonly message?: string
  readonly params?: { readonly keys?: unknown; readonly additionalProperty?: unknown }
}

type FastifyErrorLike = Error & {
  readonly statusCode?: number
  readonly validation?: readonly ValidationFault[]
  readonly validationContext?: string
}

// Requests that fastify itself refuses: invalid by the route's schema, a body that is not JSON or too large, a bad URL.
function fastifyProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined
  const { statusCode, validation, validationContext, message } = error as FastifyErrorLike
  if (Array.isArray(validation)) return invalidRequest(validation, validationContext)
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined
  return problem(statusCode, CODES[statusCode] ?? 'InvalidRequest', message, {
    ...(statusCode === 400 && { errors: [{ path: 'body', message }] }),
  })
}

const CODES: { readonly [status: number]: string } = {
  404: 'NotFound',
  408: 'RequestTimeout',
  413: 'BodyTooLarge',
  414: 'UrlTooLong',
  415: 'UnsupportedMediaType',
}

function invalidRequest(validation: readonly ValidationFault[], context = 'request'): Problem {
  const part = context === 'querystring' ? 'query' : context
  const errors = validation.flatMap(({ instancePath = '', message = 'is invalid', params = {} }): Fault[] => {
    const path = instancePath.split('/').filter((step) => step !== '')
    const unknown = params.keys ?? (params.additionalProperty === undefined ? undefined : [params.additionalProperty])
    // A member too many is named itself, not only the object that contains it.
    if (Array.isArray(unknown)) {
      return unknown.map((key) => ({ path: [...path, String(key)].join('.'), message: 'is not known' }))
    }
    return [{ path: path.join('.') || part, message }]
  })
  const detail = `The ${part} is invalid: ${errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`
  return problem(400, 'InvalidRequest', detail, { errors })
}
