import { deepFreeze } from '../../core/json/deep-freeze.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import type { Subject } from '../subjects/subject.ts'
import type { CheckVerdict } from '../subjects/subject-events.ts'
import { callPart, partFailed } from './call-part.ts'
import type { Decision } from './decision.ts'
import { runActions } from './run-actions.ts'

/**
 * What a rule does about an event, given the subject. It is pure, and writes nothing: the same event and the same subject
 * give the same decision.
 *
 * @param event one that the rule is on, and that concerns the subject
 * @param subject as it is before the event
 * @throws RuleFailed if a function of the rule throws, or returns something that it must not return
 */
export function evaluate(
  rule: Pick<Rule, 'name' | 'checks' | 'actions'>,
  event: RuleEvent,
  subject: Subject,
): Decision {
  const input = deepFreeze({ event, subject })
  const checks: CheckVerdict[] = []
  for (const { name, test } of rule.checks) {
    const part = `check ${name}`
    const passed = callPart({ rule, event }, part, () => test(input))
    if (typeof passed !== 'boolean') throw partFailed({ rule, event }, part, 'returned neither true nor false')
    checks.push({ name, passed })
    if (!passed) return { outcome: 'blocked', checks }
  }
  return { outcome: 'fired', checks, ...runActions(rule, event, subject) }
}
