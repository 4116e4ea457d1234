import { TidemarkError } from '../../core/errors/base.ts'
import { type Fault, type Problem, problem } from '../../worker/http/problem.ts'
import { STATUSES } from './statuses.ts'

/**
 * The problem that an error thrown on purpose comes to, or undefined for any other error, about which a caller is told
 * nothing but that it happened.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof TidemarkError)) return undefined
  const status = STATUSES.get(error.code) ?? 500
  if (status === 500) return undefined
  const { code, name: _, cause: __, position: ___, issues, ...data } = { ...error } as Record<string, unknown>
  const errors = issues ?? faultOf(error)
  return problem(status, error.code, error.message, { ...data, ...(errors !== undefined && { errors }) })
}

// A fault of one field is told as those that a schema finds are.
const faultOf = (error: TidemarkError): readonly Fault[] | undefined =>
  error.code === 'DateInFuture' && 'field' in error
    ? [{ path: String(error.field), message: error.message }]
    : undefined
