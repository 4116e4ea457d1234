import { type Clock, systemClock } from '../../core/clock.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { AnyEventTypes, EventSet, RecordedEvent } from '../../core/events/types.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { decodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import type { FoldedEvent, Projection } from '../../projections/projection.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { BatchContext, Reaction } from '../../reactions/reaction.ts'
import { unlessAway } from '../../reactions/unless-away.ts'
import { type Concerned, processedReader } from './read-processed.ts'
import type { StateCache, ViewState } from './state-cache.ts'
import { stateOf, type ViewDocuments } from './view-states.ts'

/** Which views are cached, and where. */
export type ViewSinkDefinition = {
  /** The projection that maintains the views. A processor must run it, here or elsewhere. */
  readonly projection: Projection
  /** Where the views are read. */
  readonly storage: StoragePort
  readonly cache: StateCache
  /** Whether states are published, too; default true. */
  readonly publish?: boolean
  /** Whether views are cached from the first event of the log on, or from the next new event on. Default `'now'`. */
  readonly from?: 'now' | 'start'
  readonly clock?: Clock
}

type Concern = Concerned & { readonly event: FoldedEvent }

const BATCH = 100
// How often a view is read again because another worker wrote a state that lacks something.
const ROUNDS = 10

/**
 * Defines a reaction that writes the last state of views to a cache and publishes it. For each event that concerns a
 * view, it waits until the projection has processed the event, and reads the view. While the cache or the storage is
 * away, or the projection is behind, it waits and parks nothing.
 *
 * @param name of the reaction; see `defineReaction`
 * @throws InvalidDefinition
 */
export function viewSink(name: string, definition: ViewSinkDefinition): Reaction {
  const { projection, storage, cache, publish = true, from = 'now', clock = systemClock } = definition
  const read = processedReader(storage, clock)

  async function handle(events: readonly FoldedEvent[], context: BatchContext<FoldedEvent>): Promise<void> {
    let concerns = concernsOf(projection, events, context)
    for (let round = 0; concerns.length > 0; round++) {
      if (round === ROUNDS)
        throw new DestinationUnavailable(`Views of ${projection.name} change faster than they are cached`)
      const found = await unlessAway(context.signal, () => read(projection, concerns, context.signal))
      const states = statesOf(projection, found, concerns, context)
      const outcomes = await unlessAway(context.signal, () => cache.write(states, { publish }))
      const again = new Set<string>()
      for (const [i, { key }] of states.entries()) {
        const outcome = outcomes[i]
        if (outcome === 'concurrent') again.add(key)
        if (outcome instanceof Error) failAll(concerns, key, outcome, context)
      }
      concerns = concerns.filter(({ key }) => again.has(key))
    }
  }

  const reaction = defineReaction(name, {
    events: projection.events as unknown as EventSet<AnyEventTypes>,
    from,
    batch: { most: BATCH },
    handle: (batch: readonly RecordedEvent<AnyEventTypes>[], context) =>
      handle(batch, context as BatchContext<FoldedEvent>),
  })
  const { foldsDeletion, foldsForgotten, readsPersonal } = projection
  // The projection's key function decides which views an event concerns, and may need what the projection reads.
  return { ...reaction, foldsDeletion, foldsForgotten, readsPersonal, keysOf: ({ streamId }) => [streamId] }
}

function concernsOf(
  projection: Projection,
  events: readonly FoldedEvent[],
  context: BatchContext<FoldedEvent>,
): readonly Concern[] {
  return events.flatMap((event) => {
    try {
      const position = positionIn(context.positionOf(event))
      return projection.keysOf(event).map((key) => ({ event, key, position }))
    } catch (error) {
      context.fail(event, error)
      return []
    }
  })
}

function statesOf(
  projection: Projection,
  found: ViewDocuments,
  concerns: readonly Concern[],
  context: BatchContext<FoldedEvent>,
): readonly ViewState[] {
  return [...found.byKey.keys()].flatMap((key) => {
    try {
      return stateOf(projection, found, key) ?? []
    } catch (error) {
      failAll(concerns, key, error, context)
      return []
    }
  })
}

function failAll(concerns: readonly Concern[], key: string, error: unknown, context: BatchContext<FoldedEvent>): void {
  for (const one of concerns) if (one.key === key) context.fail(one.event, error)
}

function positionIn(token: PositionToken) {
  const [mark] = decodePosition(token).marks
  if (mark?.lsn === undefined) throw new Error('The feed returned an event without a position')
  return { lsn: mark.lsn, hash: mark.hash, version: mark.version }
}
