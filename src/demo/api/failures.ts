import { type Problem, problem } from '../../http/problems/problem.ts'
import type { ProblemOptions } from '../../http/problems/problem-of.ts'
import { DateInFuture } from '../domain/errors.ts'
import { STATUSES } from './statuses.ts'

/** How the errors of the domain become problem details. */
export const problems: ProblemOptions = { statuses: STATUSES, problemOf: dateProblem }

// A fault of one field looks like those that a schema finds.
function dateProblem(error: unknown): Problem | undefined {
  if (!(error instanceof DateInFuture)) return undefined
  const { code, message, field, date } = error
  return problem(400, code, message, { field, date, errors: [{ path: field, message }] })
}
