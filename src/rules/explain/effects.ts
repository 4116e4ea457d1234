import type { StoragePort } from '../../core/port/storage.ts'
import { eventProgress, placeEvent } from '../../processor/status/event-progress.ts'
import type { Rule } from '../definition/rule.ts'
import { effectName } from '../firing/effect-reaction.ts'
import type { EffectProgress } from './explanation.ts'
import type { RecordedOutcome } from './recorded-outcome.ts'
import { REACTION_VERSION } from './rule-progress.ts'

/** How far the effects of a firing are. @throws what the storage throws */
export async function effectsOf(
  storage: StoragePort,
  rule: Pick<Rule, 'name' | 'effects'>,
  { append }: Pick<RecordedOutcome, 'append'>,
): Promise<readonly EffectProgress[]> {
  const last = append.events.at(-1)
  if (rule.effects.length === 0 || last === undefined) return []
  const { id: streamId, version } = last.stream
  const fired = await placeEvent(storage, { streamId, version }, append.position)
  return Promise.all(
    rule.effects.map(async (effect) => {
      const reaction = { name: effectName(rule, effect), version: REACTION_VERSION }
      return { effect: effect.name, ...(await eventProgress(storage, reaction, fired)) }
    }),
  )
}
