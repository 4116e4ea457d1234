import { isToken, POSITION_HEADER } from '../position-header.ts'
import type { RequestHeaders } from '../request-headers.ts'
import { PROBLEM_JSON, type Problem, problem } from './problem.ts'
import { type ProblemOptions, problemOf } from './problem-of.ts'

/** The response to a request that failed. */
export type ErrorResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The problem details. */
  readonly text: string
  /** What should be logged, if the server is at fault. */
  readonly failure?: { readonly error: unknown }
}

/** Seconds after which a client may retry. */
const RETRY_AFTER = '1'

/** Headers that a handler may have set for a representation that is not sent after all. */
export const REPRESENTATION_HEADERS = ['cache-control', 'content-encoding', 'content-length', 'etag', 'last-modified']

/** The response to a request whose handler threw. It never throws: that would end the process. */
export function errorResponse(
  error: unknown,
  headers: RequestHeaders,
  options: ProblemOptions,
  fallback: (error: unknown) => Problem | undefined = () => undefined,
): ErrorResponse {
  try {
    return responseTo(error, problemOf(error, headers, options) ?? fallback(error))
  } catch (fault) {
    // How the application maps its errors is at fault.
    return responseTo(new AggregateError([fault, error], 'An error cannot be mapped to problem details'), undefined)
  }
}

function responseTo(error: unknown, known: Problem | undefined): ErrorResponse {
  const body =
    known ?? problem(500, 'InternalError', 'The server failed to process this request; its log has the details')
  const { status, code } = body
  if (!(status >= 400 && status <= 599)) throw new RangeError(`${code} has the status ${status}, which is no error`)
  const position = positionOfError(error)
  return {
    status,
    headers: {
      'content-type': PROBLEM_JSON,
      ...((status === 503 || status === 429) && { 'retry-after': RETRY_AFTER }),
      ...(position !== undefined && { [POSITION_HEADER]: position }),
    },
    text: JSON.stringify(body),
    ...((known === undefined || status === 503) && { failure: { error } }),
  }
}

// A command may be refused after something was recorded, such as a failed attempt. An error of another kind may have a
// position of another kind, which no header could hold.
const positionOfError = (error: unknown): string | undefined =>
  error instanceof Error && 'position' in error && isToken(error.position) ? error.position : undefined
