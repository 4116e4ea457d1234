import { type CommandKey, commandKey } from '../../aggregates/commands/command-id.ts'
import { idempotencyKeyOf } from '../../reactions/idempotency-key.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'

// The outcome is the first to get an id, though it is the last of its append: what else is in it depends on the subject.
const OUTCOME = 0

/** The ids of what a rule writes because of an event: the same each time, whatever the version of the rule. */
export const firingKey = (
  { name }: Pick<Rule, 'name'>,
  event: Pick<RuleEvent, 'streamId' | 'metadata'>,
  subjectStreamId: string,
): CommandKey => commandKey(subjectStreamId, { commandId: idempotencyKeyOf(name, event) }) as CommandKey

/** The id of `$ruleFired` or `$ruleBlocked`, by which the append is found in the subject's stream. */
export const outcomeId = (key: CommandKey): string => key.eventId(OUTCOME)
