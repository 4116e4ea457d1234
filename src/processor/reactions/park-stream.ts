import { uuidOf } from '../../core/append/uuid.ts'
import type { ProcessEnded } from '../../core/errors/reaction.ts'
import type { HandlerFailed } from '../../core/errors/view.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { emptyView, takeFresh } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import { roomOf } from '../../projections/parking/size-budget.ts'
import { enqueue, park } from '../../projections/parking/waiting-queue.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import type { PageContext } from '../pages/page-context.ts'
import { saveView } from '../pages/save-view.ts'

// A reaction stores a document for a stream only once it was parked: its mark, and afterwards the tidemark up to which
// no handler is to be called again.

const refOf = ({ name, version }: Reaction, streamId: string): ViewRef => ({
  projection: name,
  version,
  key: streamId,
})

/** Parks a stream at an event whose attempts all failed, with the events after it. */
export async function parkStream(
  context: PageContext,
  reaction: Reaction,
  items: readonly FoldItem[],
  failure: HandlerFailed | ProcessEnded,
): Promise<void> {
  const { storage, clock } = context
  const { incarnation } = storage
  const first = items[0] as FoldItem
  const ref = refOf(reaction, first.event.streamId)
  const room = roomOf(storage.limits.bytesPerView, context.rangeCount())
  const found = await storage.viewStore.get(ref)
  await saveView(context, ref, found, (view) => {
    if (view) assertIncarnation(view, incarnation)
    if (view && parkedMark(view)) return enqueue(view, items, room)
    // Another worker parked it in the meantime, and an operator replayed it.
    if (takeFresh(view?.tidemarks ?? [], items).fresh.length === 0) return undefined
    const since = new Date(clock.now()).toISOString()
    const id = uuidOf(viewId(ref), String(first.event.version), since)
    const why = { id, since, attempts: reaction.react.attempts, error: failure }
    return { view: park(view ?? emptyView(reaction, ref.key, incarnation), items, why, room), parks: true }
  })
}

/**
 * Adds events to the queue of a parked stream.
 *
 * @returns the stored document of the stream, if it is no longer parked, so that handlers are to be called for its
 *   events
 */
export async function queueParked(
  context: PageContext,
  reaction: Reaction,
  found: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
): Promise<'parked' | Stored<ViewDocument> | undefined> {
  const { storage } = context
  const ref = refOf(reaction, (items[0] as FoldItem).event.streamId)
  const room = roomOf(storage.limits.bytesPerView, context.rangeCount())
  let parked = true
  await saveView(context, ref, found, (view) => {
    if (view) assertIncarnation(view, storage.incarnation)
    parked = view !== undefined && parkedMark(view) !== undefined
    return view && parked ? enqueue(view, items, room) : undefined
  })
  return parked ? 'parked' : storage.viewStore.get(ref)
}
