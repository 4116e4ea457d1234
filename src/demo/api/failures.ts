import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { WrongActivationCode } from '../domain/errors.ts'
import { POSITION_HEADER } from './positions.ts'
import { type Fault, PROBLEM_JSON, type Problem, problem, problemOf } from './problem.ts'

/** Seconds after which a caller may try again when the storage is busy. */
const RETRY_AFTER = '1'

/** Answers any error as a problem; what nobody foresaw goes into the log, not to the caller. */
export function answerFailure(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof WrongActivationCode && error.position) reply.header(POSITION_HEADER, error.position)
  const found = invalidRequest(error) ?? problemOf(error) ?? fastifyProblem(error)
  if (found === undefined || found.status === 503) request.log.error(error)
  const answer = found ?? problem(500, 'InternalError', 'Something went wrong here; the log tells what')
  if (answer.status === 503) reply.header('retry-after', RETRY_AFTER)
  const position = request.headers[POSITION_HEADER]
  return answerProblem(reply, answer.status === 504 && position ? { ...answer, position } : answer)
}

/** Answers a request for a route that does not exist. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answerProblem(reply, problem(404, 'NotFound', `There is no ${request.method} ${request.url}`))
}

// Whatever schema the route has for its answers: a problem is one already.
const answerProblem = (reply: FastifyReply, body: Problem): FastifyReply =>
  reply.code(body.status).type(PROBLEM_JSON).serializer(JSON.stringify).send(body)

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
