import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'
import { NotJson } from '../../core/errors/input.ts'
import { RuleFailed } from '../../core/errors/rule.ts'
import { withheld } from '../../core/errors/withheld.ts'
import { deepFreeze } from '../../core/json/deep-freeze.ts'
import { copyJson, type Json } from '../../core/json/json.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'

/** Whose functions are called, and for which event. */
export type Evaluation = { readonly rule: Pick<Rule, 'name'>; readonly event: RuleEvent }

/** The failure of a part of a rule. */
export const partFailed = ({ rule, event }: Evaluation, part: string, what: string, options?: ErrorOptions) =>
  new RuleFailed(rule.name, part, event, what, options)

/**
 * Calls a function of a rule.
 *
 * @param part what the function is, for errors
 * @throws RuleFailed if it throws, or returns a promise
 */
export function callPart(evaluation: Evaluation, part: string, work: () => unknown): unknown {
  let returned: unknown
  try {
    returned = work()
  } catch (error) {
    // Its message may quote the event.
    throw partFailed(evaluation, part, 'threw an error', { cause: withheld(error) })
  }
  if (!isThenable(returned)) return returned
  ignoreRejection(returned)
  throw partFailed(evaluation, part, 'returned a promise, but must be synchronous')
}

/** Calls a function that returns JSON. @returns a frozen copy. @throws RuleFailed */
export function callForJson(evaluation: Evaluation, part: string, work: () => unknown): Json {
  const returned = callPart(evaluation, part, work)
  try {
    return deepFreeze(copyJson(returned))
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    // Where it is may be a key of the event's data.
    throw partFailed(evaluation, part, 'returned what is not JSON', { cause: withheld(error) })
  }
}
