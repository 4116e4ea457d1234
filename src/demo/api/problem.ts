import { STATUS_CODES } from 'node:http'
import { TidemarkError } from '../../core/errors/base.ts'
import { statusOf } from './statuses.ts'

/** One fault of a request: where, and what. */
export type Fault = { readonly path: string; readonly message: string }

/** An error as the API answers it: problem details of RFC 9457, with the error's code and its data as members. */
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

/**
 * The problem that an error thrown on purpose comes to, or undefined for any other error, about which a caller is told
 * nothing but that it happened.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof TidemarkError)) return undefined
  const status = statusOf(error.code)
  if (status === undefined) return undefined
  const { code, name: _, cause: __, position: ___, issues, ...data } = { ...error } as Record<string, unknown>
  const errors = issues ?? faultOf(error)
  return problem(status, error.code, error.message, { ...data, ...(errors !== undefined && { errors }) })
}

// A fault of one field is told as those that a schema finds are.
const faultOf = (error: TidemarkError): readonly Fault[] | undefined =>
  error.code === 'DateInFuture' && 'field' in error
    ? [{ path: String(error.field), message: error.message }]
    : undefined
