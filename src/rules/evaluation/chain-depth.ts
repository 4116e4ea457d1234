import { RuleLoop } from '../../core/errors/rule.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'

/** How many rules may fire one another in a chain. */
export const MOST_CHAINED = 16

/**
 * The depth at which a rule fires for an event: 0, or one more than that of the rule that wrote the event.
 *
 * @throws RuleLoop from 16 on
 */
export function depthOf({ name }: Pick<Rule, 'name'>, event: RuleEvent): number {
  const { ruleDepth } = event.metadata
  const depth = typeof ruleDepth === 'number' ? ruleDepth + 1 : 0
  if (depth >= MOST_CHAINED) throw new RuleLoop(name, depth, event)
  return depth
}
