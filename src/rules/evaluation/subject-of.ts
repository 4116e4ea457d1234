import type { Rule, RuleEvent } from '../definition/rule.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { callPart, partFailed } from './call-part.ts'

/** Whether a rule is on an event, whatever its subject. */
export function isOn(
  { types, property }: Pick<Rule, 'types' | 'property'>,
  { type, data }: Pick<RuleEvent, 'type' | 'data'>,
): boolean {
  return types.includes(type) && (property === undefined || data.name === property)
}

/**
 * The id of the subject that an event concerns; null if the rule does not concern it.
 *
 * @throws RuleFailed if the rule's function throws, or returns what is no id of a subject
 */
export function subjectOf(rule: Pick<Rule, 'name' | 'subject'>, event: RuleEvent): string | null {
  const evaluation = { rule, event }
  const id = callPart(evaluation, 'subject', () => rule.subject(event))
  if (id === null) return null
  try {
    subjectStream(id as string)
  } catch {
    // The id may be personal, if it is wrong.
    throw partFailed(evaluation, 'subject', 'returned neither null nor the id of a subject, such as user:456')
  }
  return id as string
}
