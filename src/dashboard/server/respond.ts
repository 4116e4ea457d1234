import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { errorResponse } from '../../http/problems/error-response.ts'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import type { Refusal } from '../../process/http/refusal.ts'
import { Refused } from './refused.ts'
import { OPERATOR_STATUSES } from './statuses.ts'

/** Responds with JSON, which no cache keeps. */
export function respondJson(response: ServerResponse, body: unknown, headers: OutgoingHttpHeaders = {}): void {
  send(response, 200, JSON.stringify(body ?? null), { 'content-type': 'application/json; charset=utf-8', ...headers })
}

/** Responds with problem details. */
export function refuse(
  response: ServerResponse,
  { status, code, detail }: Refusal,
  headers: OutgoingHttpHeaders = {},
): void {
  send(response, status, JSON.stringify(problem(status, code, detail)), { 'content-type': PROBLEM_JSON, ...headers })
}

/**
 * Responds with what was thrown, unless the response has begun.
 *
 * @returns what should be logged, if the server is at fault
 */
export function respondError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): { readonly error: unknown } | undefined {
  const { status, headers, text, failure } =
    error instanceof Refused ? refusalOf(error) : errorResponse(error, request.headers, { statuses: OPERATOR_STATUSES })
  if (response.headersSent) response.destroy()
  else send(response, status, text, headers)
  return failure
}

const refusalOf = ({ refusal: { status, code, detail }, headers }: Refused) => ({
  status,
  headers: { 'content-type': PROBLEM_JSON, ...headers },
  text: JSON.stringify(problem(status, code, detail)),
  failure: undefined,
})

function send(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  const length = { 'content-length': Buffer.byteLength(text) }
  response.writeHead(status, { 'cache-control': 'no-store', ...headers, ...length }).end(text)
}
