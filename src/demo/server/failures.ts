import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { fastifyErrorHandler } from '../../http/fastify.ts'
import { PROBLEM_JSON, type Problem, problem } from '../../http/problems/problem.ts'
import type { ProblemOptions } from '../../http/problems/problem-of.ts'
import { SECURITY_HEADERS } from '../../process/http/security-headers.ts'

/** Responds to any error with problem details; what was not foreseen goes into the log, not to the client. */
export function failureHandler(problems: ProblemOptions) {
  const respond = fastifyErrorHandler(problems)
  // No hook has set the headers for a URL that cannot be parsed.
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    respond(error, request, reply.headers(SECURITY_HEADERS))
}

/** Responds to a request for a route that does not exist. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return answerProblem(reply, problem(404, 'NotFound', `There is no ${request.method} ${request.url}`))
}

/** Responds with problem details, whatever schema the route has for its responses. */
export const answerProblem = (reply: FastifyReply, body: Problem): FastifyReply =>
  reply.code(body.status).headers(SECURITY_HEADERS).type(PROBLEM_JSON).serializer(JSON.stringify).send(body)
