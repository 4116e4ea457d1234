import { STATUS_CODES } from 'node:http'

/** Why a request is refused before anything looks at what it asks for. */
export type Refusal = { readonly status: number; readonly code: string; readonly detail: string }

/** One fault of a request: where, and what. */
export type Fault = { readonly path: string; readonly message: string }

/** An error as servers answer it: problem details of RFC 9457, with the error's code and its data as members. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly errors?: readonly Fault[]
  readonly [member: string]: unknown
}

/** The media type of problems. */
export const PROBLEM_JSON = 'application/problem+json'

/** Makes a problem. */
export function problem(status: number, code: string, detail: string, members: Record<string, unknown> = {}): Problem {
  const title = STATUS_CODES[status] ?? 'Error'
  return { ...members, type: `urn:tidemark:error:${code}`, title, status, detail, code }
}
