import { RuleLoop } from '../../core/errors/rule.ts'
import type { EventProgress } from '../../processor/status/event-progress.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import { depthOf } from '../evaluation/chain-depth.ts'
import type { RuleExplanation } from './explanation.ts'

/** To a processor, a rule and each of its effects is a reaction, and those have one version. */
export const REACTION_VERSION = 1

/** What is said of an event of which nothing is recorded, because the rule has not passed it. */
export function unpassed(
  named: RuleExplanation,
  progress: Exclude<EventProgress, { readonly state: 'passed' }>,
  loop: RuleLoop | undefined,
): RuleExplanation {
  if (progress.state === 'held') return { ...named, outcome: 'held', behind: progress.behind.version }
  if (progress.state !== 'parked') return { ...named, outcome: progress.state }
  const { since, attempts, error } = progress
  const parked = { ...named, parked: { since, attempts } }
  if (loop === undefined) return { ...parked, outcome: 'parked', error }
  return { ...parked, outcome: 'loop', error: { code: loop.code, message: loop.message } }
}

/** The error that stops a chain of rules at this one, if the event is so deep in it. */
export function loopAt(rule: Pick<Rule, 'name'>, event: RuleEvent): RuleLoop | undefined {
  try {
    depthOf(rule, event)
    return undefined
  } catch (error) {
    if (error instanceof RuleLoop) return error
    throw error
  }
}
