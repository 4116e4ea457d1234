import { AppendTooLarge, NotJson } from '../../core/errors/input.ts'
import { withheld } from '../../core/errors/withheld.ts'
import { type Evaluation, partFailed } from '../evaluation/call-part.ts'

/** What is reported of a firing that cannot be written, in terms of the rule. */
export function failureOf(evaluation: Evaluation, error: unknown): unknown {
  if (error instanceof AppendTooLarge) {
    const { actual, limit, unit } = error
    const what = `needs ${actual} ${unit} in one append, of at most ${limit}: let it set and store less`
    return partFailed(evaluation, 'a firing', what, { cause: error })
  }
  // Where it is may be a key of the event's data.
  if (error instanceof NotJson) return partFailed(evaluation, 'a firing', 'is not JSON', { cause: withheld(error) })
  return error
}
