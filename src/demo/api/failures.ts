import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { type Fault, PROBLEM_JSON, type Problem, problem } from '../../worker/http/problem.ts'
import { SECURITY_HEADERS } from '../../worker/http/security-headers.ts'
import { WrongActivationCode } from '../domain/errors.ts'
import { POSITION_HEADER } from './positions.ts'
import { problemOf } from './problem.ts'

/** Seconds after which a caller may try again when the storage is busy. */
const RETRY_AFTER = '1'

/** Answers any error as a problem; what nobody foresaw goes into the log, not to the caller. */
export function answerFailure(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof WrongActivationCode && error.position) reply.header(POSITION_HEADER, error.position)
  const position = request.headers[POSITION_HEADER]
  const found = invalidRequest(error) ?? staleView(error, position) ?? problemOf(error) ?? fastifyProblem(error)
  if (found === undefined || found.status === 503) request.log.error(error)
  const answer = found ?? problem(500, 'InternalError', 'Something went wrong here; the log tells what')
  if (answer.status === 503) reply.header('retry-after', RETRY_AFTER)
  return answerProblem(reply, answer.status === 504 && position ? { ...answer, position } : answer)
}

/** Answers a request for a route that does not exist. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answerProblem(reply, problem(404, 'NotFound', `There is no ${request.method} ${request.url}`))
}

/**
 * Answers a problem, whatever schema the route has for its answers. The headers are said again, because no hook runs
 * for a URL that cannot be parsed.
 */
export const answerProblem = (reply: FastifyReply, body: Problem): FastifyReply =>
  reply.code(body.status).headers(SECURITY_HEADERS).type(PROBLEM_JSON).serializer(JSON.stringify).send(body)

function invalidRequest(error: unknown): Problem | undefined {
  if (!hasZodFastifySchemaValidationErrors(error)) return undefined
  const part = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request')
  const errors = error.validation.flatMap(({ instancePath, message, params }): Fault[] => {
    const path = instancePath.split('/').filter((step) => step !== '')
    const keys = params.keys
    // A member too much is named itself, not only the object that it stands in.
    if (Array.isArray(keys)) return keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known' }))
    return [{ path: path.join('.') || part, message: message ?? 'is invalid' }]
  })
  const detail = `The ${part} is invalid: ${errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ')}`
  return problem(400, 'InvalidRequest', detail, { errors })
}

// Without a position, it is the view that belongs to another life of the log: it has to be built again first.
const staleView = (error: unknown, position: unknown): Problem | undefined =>
  error instanceof IncarnationMismatch && position === undefined
    ? problem(503, error.code, 'The view was made from another life of the log, and has to be built again')
    : undefined

// What fastify itself refuses: bodies that are no JSON, too large, of another media type; bad URLs.
function fastifyProblem(error: FastifyError | Error): Problem | undefined {
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === undefined || status < 400 || status >= 500) return undefined
  return problem(status, CODES[status] ?? 'InvalidRequest', error.message, {
    ...(status === 400 && { errors: [{ path: 'body', message: error.message }] }),
  })
}

const CODES: { readonly [status: number]: string } = {
  404: 'NotFound',
  408: 'RequestTimeout',
  413: 'BodyTooLarge',
  414: 'UrlTooLong',
  415: 'UnsupportedMediaType',
}
