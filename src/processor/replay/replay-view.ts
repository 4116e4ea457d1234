import { createBreather } from '../../core/async/breathe.ts'
import { EventSchemaTooNew, UpcastFailed } from '../../core/errors/feed.ts'
import { NotParked } from '../../core/errors/view.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { foldEventsInTurns } from '../../projections/fold.ts'
import type { FoldedView, FoldInput } from '../../projections/fold-item.ts'
import { sizeInClear } from '../../projections/forgetting/seal-view.ts'
import { viewSealer } from '../../projections/forgetting/view-sealer.ts'
import type { WaitingRef } from '../../projections/parking/parked-mark.ts'
import { roomOf } from '../../projections/parking/size-budget.ts'
import type { Projection } from '../../projections/projection.ts'
import { listDropped } from '../parking/skipped-events.ts'
import type { Pausing, Work } from './drain-queue.ts'
import { waitingEvents } from './load-waiting-events.ts'

/** The event to match. */
export type EventRef = { readonly streamId: string; readonly version: number }

/** Whether a reference is that of an event. */
export const isRefOf = ([streamId, version]: WaitingRef, event: EventRef): boolean =>
  streamId === event.streamId && version === event.version

/**
 * Returns the work of folding a view's pending events: events are read from the log and upcast again. Erased ones count
 * as passed.
 *
 * @param options.skip the first pending event, if it is to be dropped
 */
export function foldWaiting(
  storage: Pick<StoragePort, 'events' | 'feed' | 'viewStore' | 'limits' | 'vault'>,
  projection: Projection,
  { skip, ...pausing }: Pausing & { readonly skip?: EventRef },
): Work {
  const droppedEvents = listDropped(storage.viewStore, { projection: projection.name, version: projection.version })
  // The handler that needs it gets its failure.
  droppedEvents.catch(() => {})
  const breathe = createBreather(pausing.clock)
  let begun = false
  return async (view, refs) => {
    if (skip && !begun && !isRefOf(refs[0] as WaitingRef, skip)) {
      throw new NotParked(projection.name, view.key, `is not parked at ${eventReference(skip.streamId, skip.version)}`)
    }
    begun = true
    const { length: ranges } = await storage.feed.ranges()
    const leftOut = [...(await droppedEvents), ...(skip ? [skip] : [])]
    const log = waitingEvents(storage, projection, refs, pausing)
    const events: FoldInput[] = []
    // The index of each of them in the queue.
    const places: number[] = []
    let dropped = 0
    let undecodable: { error: unknown; at: number } | undefined
    for (const [at, ref] of refs.entries()) {
      if (leftOut.some((event) => isRefOf(ref, event))) {
        dropped++
        continue
      }
      try {
        const event = await log.event(ref)
        if (event === undefined) continue
        events.push(event)
        places.push(at)
      } catch (error) {
        if (!(error instanceof EventSchemaTooNew || error instanceof UpcastFailed)) throw error
        undecodable = { error, at }
        break
      }
    }
    const room = roomOf(storage.limits.bytesPerView, ranges)
    const most = sizeInClear(projection, room.view)
    const foldInto = async (clear: ViewDocument | undefined, inputs: readonly FoldInput[]) => {
      const result = await foldEventsInTurns(projection, clear as ViewDocument, inputs, most, breathe)
      return { ...result, document: { ...(clear as ViewDocument), ...result.changed } }
    }
    const sealer = viewSealer(projection, storage.vault)
    const { document, folded, failure } = await (sealer?.fold(view, events, foldInto) ?? foldInto(view, events))
    const changed: FoldedView = { data: document.data, ...(document.forgetting && { forgetting: document.forgetting }) }
    if (failure) {
      const done = places[folded] as number
      const before = refs.slice(0, done).filter((ref) => leftOut.some((event) => isRefOf(ref, event)))
      return { changed, done, folded, dropped: before.length, failure }
    }
    if (undecodable) return { changed, done: undecodable.at, folded, dropped, failure: undecodable }
    return { changed, done: refs.length, folded, dropped }
  }
}
