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
import { sealedForm } from '../../views/sealed-views.ts'
import { countParked, listParked, type ParkedPage } from '../parking/list-parked.ts'
import { type DroppedEvent, listDropped, recordDropped } from '../parking/skipped-events.ts'
import { recordVersion } from '../versions/record-version.ts'
import { type Drained, drain, dropWaiting, type Pausing } from './drain-queue.ts'
import { unsaved } from './dry-run-store.ts'
import { waitingEvents } from './load-waiting-events.ts'
import { reactWaiting } from './replay-reaction.ts'
import { type EventRef, foldWaiting } from './replay-view.ts'

/** A parked sequence in detail. */
export type ParkedSequence = Pick<ParkedMark, 'since' | 'attempts' | 'error' | 'event' | 'waiting'> & {
  readonly key: string
  /** The first pending event as it is stored, or null if it was erased since, so that it counts as passed. */
  readonly document: EventDocument | null
  /**
   * The view, with a text in place of each sealed member; null if there is none, or if it is stored in clear and may
   * contain personal data.
   */
  readonly view: JsonObject | null
}

/** The result of a replay or of a dry run. Views are as in `ParkedSequence`. */
export type Replayed = Drained & {
  /** The view's data before. */
  readonly before: JsonObject | null
}

/**
 * The parked sequences of a projection or a reaction: the events behind those that could not be folded, or whose
 * handlers failed. Every method can be called while processors run, and again after an interruption.
 */
export type ParkedSequences = {
  /** The parked sequences by their keys, a page at a time. @throws InvalidQuery */
  list(options?: { readonly limit?: number; readonly after?: string }): Promise<ParkedPage>
  /** The number of parked sequences. */
  count(): Promise<number>
  /** One of them, or undefined if nothing is parked there. @throws InvalidViewKey */
  show(key: string): Promise<ParkedSequence | undefined>
  /**
   * Applies the pending events, in order, from the first one on, and then resumes the view. It stops at an event that
   * fails (again).
   *
   * @param options.dryRun only returns the result
   * @throws NotParked, ViewContended, IncarnationMismatch, LogDiverged and those of the storage
   */
  replay(key: string, options?: { readonly dryRun?: boolean }): Promise<Replayed>
  /**
   * Drops the first pending event and replays the rest.
   *
   * @param event which one is expected to be first; default: whichever it is at the call
   * @throws NotParked if another one is first by now; those of `replay`
   */
  dropOne(key: string, event?: EventRef): Promise<Replayed>
  /** Drops all pending events. @returns how many. @throws NotParked, ViewContended */
  dropAll(key: string): Promise<number>
  /**
   * Makes the projection skip an event altogether, whatever its views: for an event whose key function or upcaster
   * fails, so that its range is stalled. This is recorded, and processors apply it at their next attempt. @throws
   * InvalidStreamId
   */
  dropEvent(event: EventRef): Promise<void>
  /** The events that are skipped altogether. */
  droppedEvents(): Promise<readonly DroppedEvent[]>
}

/** The parked sequences of a projection's version, by view key, or of a reaction, by stream. */
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

  /** What commands show of a view. */
  function shown(data: JsonObject | null): JsonObject | null {
    return data === null || projection.foldsForgotten ? null : sealedForm(data)
  }

  /** Views hold what these handlers made from now on: a worker that brings them later need not warn of it. */
  async function noteHandlers({ folded }: Drained): Promise<void> {
    if (folded > 0 && !isReaction(projection)) await recordVersion(storage, clock, projection)
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
      const document = (await waitingEvents(storage, projection, [ref], pausing).document(ref)) ?? null
      return { key, since, attempts, error, event, waiting, document, view: shown(view.data) }
    },

    async replay(key, { dryRun = false } = {}) {
      const { view } = await parkedView(key)
      const target = dryRun ? { ...storage, viewStore: unsaved(storage.viewStore) } : storage
      const drained = await drain(target, refOf(key), workOf({ dryRun }), pausing)
      if (!dryRun) await noteHandlers(drained)
      return { ...drained, view: shown(drained.view), before: shown(view.data) }
    },

    async dropOne(key, event) {
      const { view, mark } = await parkedView(key)
      const drained = await drain(storage, refOf(key), workOf({ skip: event ?? mark.event }), pausing)
      await noteHandlers(drained)
      return { ...drained, view: shown(drained.view), before: shown(view.data) }
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
