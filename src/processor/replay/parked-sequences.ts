import { systemClock } from '../../core/clock.ts'
import { NotParked } from '../../core/errors/view.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument, ViewRef } from '../../core/port/view-store.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { type ParkedMark, parkedMark, type WaitingRef } from '../../projections/parking/parked-mark.ts'
import type { Projection } from '../../projections/projection.ts'
import { isReaction } from '../../reactions/reaction.ts'
import { countParked, listParked, type ParkedPage } from '../parking/list-parked.ts'
import { type DroppedEvent, listDropped, recordDropped } from '../parking/skipped-events.ts'
import { type Drained, drain, dropWaiting, type Pausing } from './drain-queue.ts'
import { unsaved } from './dry-run-store.ts'
import { waitingEvents } from './load-waiting-events.ts'
import { reactWaiting } from './replay-reaction.ts'
import { type EventRef, foldWaiting } from './replay-view.ts'

/** A parked sequence in all its detail. */
export type ParkedSequence = Pick<ParkedMark, 'since' | 'attempts' | 'error' | 'event' | 'waiting'> & {
  readonly key: string
  /** The first waiting event as it is stored, or null when it was erased since, so that it counts as passed. */
  readonly document: EventDocument | null
  /** The view as readers see it. */
  readonly view: JsonObject | null
}

/** What a replay came to, or would come to. */
export type Replayed = Drained & {
  /** The view's data before. */
  readonly before: JsonObject | null
}

/**
 * The parked sequences of a projection or a reaction: what waits behind events that could not be folded, or whose
 * handlers failed. Everything can be called
 * while processors work, and again after it was interrupted.
 */
export type ParkedSequences = {
  /** The parked sequences by their keys, a page at a time. @throws InvalidQuery */
  list(options?: { readonly limit?: number; readonly after?: string }): Promise<ParkedPage>
  /** How many there are. */
  count(): Promise<number>
  /** One of them, or undefined when nothing is parked there. @throws InvalidViewKey */
  show(key: string): Promise<ParkedSequence | undefined>
  /**
   * Folds what waits, in order, from the first event on; when nothing waits any more, the sequence goes on by itself.
   * It ends at an event that fails (again).
   *
   * @param options.dryRun only tells what would come out
   * @throws NotParked, ViewContended, IncarnationMismatch, LogDiverged and those of the storage
   */
  replay(key: string, options?: { readonly dryRun?: boolean }): Promise<Replayed>
  /**
   * Leaves the first waiting event out and replays the rest.
   *
   * @param event which one that is thought to be; default: whichever it is at the call
   * @throws NotParked when another one is the first by now; those of `replay`
   */
  dropOne(key: string, event?: EventRef): Promise<Replayed>
  /** Leaves out all that waits. @returns how many events. @throws NotParked, ViewContended */
  dropAll(key: string): Promise<number>
  /**
   * Lets the projection skip an event altogether, whatever its views: for one whose key function or upcaster fails, so
   * that its range stands still. It is recorded, and processors go on with their next attempt. @throws InvalidStreamId
   */
  dropEvent(event: EventRef): Promise<void>
  /** The events that are skipped altogether. */
  droppedEvents(): Promise<readonly DroppedEvent[]>
}

/** The parked sequences of a projection's version, by the keys of views, or of a reaction, by its streams. */
export function parkedSequences(
  storage: StoragePort,
  projection: Projection,
  { clock = systemClock, random = Math.random }: Partial<Pausing> = {},
): ParkedSequences {
  const { name, version } = projection
  const pausing: Pausing = { clock, random }
  const refOf = (key: string): ViewRef => {
    assertViewKey(key)
    return { projection: name, version, key }
  }

  async function parkedView(key: string): Promise<{ readonly view: ViewDocument; readonly mark: ParkedMark }> {
    const view = (await storage.viewStore.get(refOf(key)))?.document
    const mark = parkedMark(view)
    if (view === undefined || mark === undefined) throw new NotParked(name, key)
    return { view, mark }
  }

  const workOf = (options: { readonly skip?: EventRef; readonly dryRun?: boolean }) =>
    isReaction(projection)
      ? reactWaiting(storage, projection, { ...options, ...pausing })
      : foldWaiting(storage, projection, { ...options, ...pausing })

  return {
    list: (options = {}) => listParked(storage.viewStore, { projection: name, version }, options),
    count: () => countParked(storage.viewStore, { projection: name, version }),

    async show(key) {
      const view = (await storage.viewStore.get(refOf(key)))?.document
      const mark = parkedMark(view)
      if (view === undefined || mark === undefined) return undefined
      const { since, attempts, error, event, waiting } = mark
      const ref: WaitingRef = [event.streamId, event.version, event.lsn, event.hash]
      const document = (await waitingEvents(storage.events, projection, [ref], pausing).document(ref)) ?? null
      return { key, since, attempts, error, event, waiting, document, view: view.data }
    },

    async replay(key, { dryRun = false } = {}) {
      const { view } = await parkedView(key)
      const target = dryRun ? { ...storage, viewStore: unsaved(storage.viewStore) } : storage
      return { ...(await drain(target, refOf(key), workOf({ dryRun }), pausing)), before: view.data }
    },

    async dropOne(key, event) {
      const { view, mark } = await parkedView(key)
      return {
        ...(await drain(storage, refOf(key), workOf({ skip: event ?? mark.event }), pausing)),
        before: view.data,
      }
    },

    dropAll: (key) => dropWaiting(storage, refOf(key), pausing),
    dropEvent: ({ streamId, version: at }) =>
      recordDropped(
        storage,
        { projection: name, version },
        { streamId, version: at, at: new Date(clock.now()).toISOString() },
      ),
    droppedEvents: () => listDropped(storage.viewStore, { projection: name, version }),
  }
}
