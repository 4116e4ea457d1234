import { concurrently } from '../../core/async/concurrently.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import type { AnyEventTypes, EventSet } from '../../core/events/types.ts'
import { RULE_FIRED, TOMBSTONE } from '../../core/port/event-document.ts'
import type { FoldedEvent } from '../../projections/projection.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { BatchContext, Reaction } from '../../reactions/reaction.ts'
import { unlessAway } from '../../reactions/unless-away.ts'
import type { RuleStorage } from '../definition/rule.ts'
import { subjectEvents } from '../subjects/subject-events.ts'
import { subjectIdOf } from '../subjects/subject-stream.ts'
import { subjects } from '../subjects/subjects.ts'
import type { CachedSubject, SubjectCache } from './subject-cache.ts'

/** Where subjects are cached. */
export type SubjectSinkDefinition = {
  /** Where the subjects are read. */
  readonly storage: RuleStorage
  readonly cache: SubjectCache
  /** Whether states are published, too; default true. */
  readonly publish?: boolean
  /** Whether subjects are cached from the first event of the log on, or from the next firing on. Default `'now'`. */
  readonly from?: 'now' | 'start'
}

const BATCH = 100
const READS_AT_ONCE = 16

/**
 * Defines a reaction that writes the last state of each subject to a cache and publishes it, after rules have fired. If a
 * subject's stream is deleted, its properties are removed from the cache. While the cache or the storage is away, it
 * waits and parks nothing.
 *
 * @param name of the reaction; see `defineReaction`
 * @throws InvalidDefinition
 */
export function subjectSink(name: string, definition: SubjectSinkDefinition): Reaction {
  const { storage, cache, publish = true, from = 'now' } = definition
  const reader = subjects(storage)

  async function handle(events: readonly FoldedEvent[], context: BatchContext<FoldedEvent>): Promise<void> {
    const latest = new Map(events.map((event) => [subjectIdOf(event.streamId) as string, event]))
    const states: CachedSubject[] = []
    await unlessAway(context.signal, () =>
      concurrently(READS_AT_ONCE, latest, async ([id, event]) => {
        states.push(await stateOf(id, event))
        return undefined
      }),
    )
    const outcomes = await unlessAway(context.signal, () => cache.write(states, { publish }))
    for (const [i, { id }] of states.entries()) {
      const outcome = outcomes[i]
      if (!(outcome instanceof Error)) continue
      for (const event of events) if (subjectIdOf(event.streamId) === id) context.fail(event, outcome)
    }
  }

  async function stateOf(id: string, { type, version: end }: FoldedEvent): Promise<CachedSubject> {
    const { incarnation } = storage
    if (type === TOMBSTONE) return { id, version: end, properties: null, incarnation }
    try {
      const { version, properties } = await reader.load(id)
      return { id, version, properties, incarnation }
    } catch (error) {
      if (!(error instanceof StreamDeleted)) throw error
      // Its end follows, with a higher version.
      return { id, version: end, properties: null, incarnation }
    }
  }

  const reaction = defineReaction(name, {
    events: {
      definitions: { [RULE_FIRED]: subjectEvents.definitions[RULE_FIRED] },
    } as unknown as EventSet<AnyEventTypes>,
    from,
    batch: { most: BATCH },
    handle: (batch, context) => handle(batch, context as unknown as BatchContext<FoldedEvent>),
  })
  return {
    ...reaction,
    foldsDeletion: true,
    keysOf: ({ streamId }) => (subjectIdOf(streamId) === undefined ? [] : [streamId]),
  }
}
