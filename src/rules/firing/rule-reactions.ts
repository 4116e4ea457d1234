import type { AnyEventTypes, EventSet, RecordedEvent } from '../../core/events/types.ts'
import type { GroupCode } from '../../core/leases/groups.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { Reaction, ReactionContext } from '../../reactions/reaction.ts'
import type { Pacing } from '../../reactions/reaction-source.ts'
import type { Rule, RuleEvent, RuleStorage } from '../definition/rule.ts'
import { isOn } from '../evaluation/subject-of.ts'
import { effectReaction } from './effect-reaction.ts'
import { createFire } from './fire.ts'

// Most of it may be waiting for others that write to the subject, which is no failure: what a rule does itself is
// synchronous.
const TIME_LIMIT = 600_000

/** The reactions that a processor runs a rule as: the rule itself, and each of its effects. */
export function ruleReactions(storage: RuleStorage, rule: Rule, pacing?: Pacing): readonly Reaction[] {
  const { name, types, events, from, concurrency, attempts } = rule
  const fire = createFire(storage, rule, pacing)
  const handle = (event: RecordedEvent<AnyEventTypes>, context: ReactionContext) => fire(event, context)
  const reaction = defineReaction<AnyEventTypes, false, string>(name, {
    events: events as EventSet<AnyEventTypes>,
    from,
    concurrency,
    attempts,
    timeLimit: TIME_LIMIT,
    on: Object.fromEntries(types.map((type) => [type, handle])),
  })
  return [
    {
      ...reaction,
      group: codeOf(rule),
      keysOf: (event) => (isOn(rule, event as RuleEvent) ? [event.streamId] : []),
    },
    ...rule.effects.map((effect) => effectReaction(storage, rule, effect)),
  ]
}

/** Of rules, too, only one code runs at a time. */
const codeOf = ({ version, types, fingerprint }: Rule): GroupCode => ({
  version,
  fingerprint,
  operations: Object.fromEntries(types.map((type) => [type, 'handled' as const])),
})
