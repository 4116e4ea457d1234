import { POSITION_HEADER } from '../position-header.ts'
import type { RequestHeaders } from '../request-headers.ts'
import { PROBLEM_JSON, type Problem, problem } from './problem.ts'
import { type ProblemOptions, problemOf } from './problem-of.ts'

/** The response to a request that failed. */
export type ErrorResponse = {
  readonly body: Problem
  readonly headers: Readonly<Record<string, string>>
  /** Whether the server is at fault, so that the error should be logged. */
  readonly isFailure: boolean
}

/** Seconds after which a client may retry. */
const RETRY_AFTER = '1'

/** Headers that a handler may have set for a representation that is not sent after all. */
export const REPRESENTATION_HEADERS = ['cache-control', 'content-encoding', 'content-length', 'etag', 'last-modified']

/** The response to a request whose handler threw. */
export function errorResponse(
  error: unknown,
  headers: RequestHeaders,
  options: ProblemOptions,
  fallback: (error: unknown) => Problem | undefined = () => undefined,
): ErrorResponse {
  const known = problemOf(error, headers, options) ?? fallback(error)
  const body =
    known ?? problem(500, 'InternalError', 'The server failed to process this request; its log has the details')
  const position = positionOfError(error)
  return {
    body,
    headers: {
      'content-type': PROBLEM_JSON,
      ...(body.status === 503 && { 'retry-after': RETRY_AFTER }),
      ...(position !== undefined && { [POSITION_HEADER]: position }),
    },
    isFailure: known === undefined || known.status === 503,
  }
}

// A command may be refused after something was recorded, such as a failed attempt.
const positionOfError = (error: unknown): string | undefined =>
  error instanceof Error && 'position' in error && typeof error.position === 'string' ? error.position : undefined
