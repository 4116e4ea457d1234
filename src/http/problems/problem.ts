import { STATUS_CODES } from 'node:http'

/** One fault of a request: its path and a message. */
export type Fault = { readonly path: string; readonly message: string }

/** Problem details (RFC 9457), with the error's code and its data as further members. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Stable: what programs compare. */
  readonly code: string
  readonly errors?: readonly Fault[]
  readonly [member: string]: unknown
}

/** The media type of problem details. */
export const PROBLEM_JSON = 'application/problem+json'

/**
 * Creates problem details.
 *
 * @param members additional members; they do not replace standard ones
 */
export function problem(status: number, code: string, detail: string, members: Record<string, unknown> = {}): Problem {
  const title = STATUS_CODES[status] ?? 'Error'
  return { ...members, type: `urn:tidemark:error:${code}`, title, status, detail, code }
}
