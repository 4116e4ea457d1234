import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { fastifyErrorHandler } from '../../http/fastify.ts'
import { PROBLEM_JSON, type Problem, problem } from '../../http/problems/problem.ts'
import { SECURITY_HEADERS } from '../../worker/http/security-headers.ts'
import { DateInFuture } from '../domain/errors.ts'
import { STATUSES } from './statuses.ts'

const respond = fastifyErrorHandler({ statuses: STATUSES, problemOf: dateProblem })

/** Responds to any error with problem details; what was not foreseen goes into the log, not to the client. */
export function answerFailure(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // No hook has set them for a URL that cannot be parsed.
  return respond(error, request, reply.headers(SECURITY_HEADERS))
}

/** Responds to a request for a route that does not exist. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answerProblem(reply, problem(404, 'NotFound', `There is no ${request.method} ${request.url}`))
}

/** Responds with problem details, whatever schema the route has for its responses. */
export const answerProblem = (reply: FastifyReply, body: Problem): FastifyReply =>
  reply.code(body.status).headers(SECURITY_HEADERS).type(PROBLEM_JSON).serializer(JSON.stringify).send(body)

// A fault of one field looks like those that a schema finds.
function dateProblem(error: unknown): Problem | undefined {
  if (!(error instanceof DateInFuture)) return undefined
  const { code, message, field, date } = error
  return problem(400, code, message, { field, date, errors: [{ path: field, message }] })
}
