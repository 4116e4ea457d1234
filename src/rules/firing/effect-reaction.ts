import { StreamDeleted } from '../../core/errors/append.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import { decodeEvents } from '../../core/events/codec.ts'
import type { EventSet, RecordedEvent } from '../../core/events/types.ts'
import { deepFreeze } from '../../core/json/deep-freeze.ts'
import { ENTRY_STORED, type EventDocument, PROPERTY_CHANGED, RULE_FIRED } from '../../core/port/event-document.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { emittedDefinitions } from '../definition/actions.ts'
import type { Effect, Fired } from '../definition/effect.ts'
import type { Rule, RuleEvent, RuleStorage } from '../definition/rule.ts'
import { partFailed } from '../evaluation/call-part.ts'
import { dataIn, type SubjectEvents, subjectEvents } from '../subjects/subject-events.ts'
import { subjectIdOf } from '../subjects/subject-stream.ts'

type FiredEvent = RecordedEvent<Pick<SubjectEvents, typeof RULE_FIRED>>

/** The name of the reaction that an effect is. */
export const effectName = (rule: Pick<Rule, 'name'>, effect: Pick<Effect<never>, 'name'>): string =>
  `${rule.name}.${effect.name}`

/** The reaction that calls an effect once its rule has fired. */
export function effectReaction(storage: RuleStorage, rule: Rule, effect: Effect<RuleEvent>): Reaction {
  const { name, run, ...options } = effect
  const reaction = defineReaction<SubjectEvents>(effectName(rule, effect), {
    ...options,
    // A rule that begins with the first event of the log still calls its effects: its firings are new.
    from: 'now',
    events: subjectEvents as EventSet<SubjectEvents>,
    on: {
      [RULE_FIRED]: async (event, { idempotencyKey: key, position, environment, attempt, signal }) => {
        assertKnown(rule, effect, event as FiredEvent)
        const fired = await firedBy(storage, rule, effect, event as FiredEvent)
        if (fired !== undefined) await run(fired, { key, position, environment, attempt, signal })
      },
    },
  })
  const isOfRule = (event: object) => 'data' in event && (event.data as { readonly rule?: unknown }).rule === rule.name
  return {
    ...reaction,
    group: { version: rule.version, operations: { [RULE_FIRED]: 'handled' } },
    keysOf: (event) => (isOfRule(event) ? [event.streamId] : []),
  }
}

/** Leaves what a newer version of the rule did to the workers that have it: it may have other effects, or none. */
function assertKnown({ name, version }: Rule, effect: Effect<RuleEvent>, { data }: FiredEvent): void {
  if (data.version <= version) return
  throw new DestinationUnavailable(
    `Effect ${name}.${effect.name}: version ${data.version} of the rule fired, and this worker has version ${version}`,
  )
}

/** What an effect gets; undefined if the stream of the event or of the subject was deleted since. */
async function firedBy(
  { events, vault }: RuleStorage,
  rule: Rule,
  effect: Effect<RuleEvent>,
  { data, streamId, version, metadata }: FiredEvent,
): Promise<Fired<RuleEvent> | undefined> {
  const { cause } = data
  try {
    const append = await events.findAppend(streamId, metadata.eventId)
    const source = await events.load(cause.streamId, { from: cause.version, limit: 1 })
    const written = append?.events ?? []
    const [event] = await decodeEvents(rule.events, source.events, { vault, personal: false })
    if (event === undefined) {
      const place = { streamId: cause.streamId, version: cause.version } as RuleEvent
      const what = `cannot have its event, of type ${cause.type}, which this version of the rule is not on`
      throw partFailed({ rule, event: place }, `effect ${effect.name}`, what)
    }
    return deepFreeze({
      ...data,
      subject: subjectIdOf(streamId) as string,
      subjectVersion: version,
      event,
      changes: dataIn(written, PROPERTY_CHANGED),
      emitted: await emittedBy(rule, written, vault),
      entries: dataIn(written, ENTRY_STORED),
      metadata,
    })
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined
    throw error
  }
}

async function emittedBy(
  { actions }: Rule,
  written: readonly EventDocument[],
  vault: RuleStorage['vault'],
): Promise<Fired<never>['emitted']> {
  const emitted = await decodeEvents({ definitions: emittedDefinitions(actions) }, written, { vault, personal: false })
  return emitted.map(({ type, data }) => ({ type, data }))
}
