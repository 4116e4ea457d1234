import { backoffDelay } from '../../core/async/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import { NotParked, ViewContended } from '../../core/errors/view.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import type { FoldedView } from '../../projections/fold-item.ts'
import { type ParkedMark, parkedMark, type WaitingRef } from '../../projections/parking/parked-mark.ts'
import { roomOf } from '../../projections/parking/size-budget.ts'
import { type Attempt, dequeue, unparked } from '../../projections/parking/waiting-queue.ts'
import { readHead } from '../parking/first-waiting.ts'
import { readEntry, removeEntry } from '../parking/parked-index.ts'
import { emptyChunks } from '../parking/waiting-chunks.ts'

/** The result of taking pending events from a sequence. */
export type Drained = {
  /** Whether nothing is pending any more, so that the view resumes. */
  readonly unparked: boolean
  readonly folded: number
  readonly dropped: number
  /** How many events are still pending. */
  readonly waiting: number
  /** Why the first of them could not be folded, if it was tried. */
  readonly error: ParkedMark['error']
  /** The first of them. */
  readonly event: ParkedMark['event'] | null
  /** The current data of the view. */
  readonly view: JsonObject | null
}

/** The result of processing the first events of a queue. */
export type Step = {
  /** What changes in the view. */
  readonly changed: FoldedView
  /** How many of the given references are done. */
  readonly done: number
  readonly folded: number
  readonly dropped: number
  /** Why the next one is not, if it was tried. */
  readonly failure?: { readonly error: unknown }
  /** Called once this is saved; the next step begins when it resolves. */
  readonly saved?: () => Promise<void>
}

/** Decides what to do with the first events of a queue; it may be called again if another writer was first. */
export type Work = (view: ViewDocument, refs: readonly WaitingRef[]) => Promise<Step>

/** What backoff between attempts requires: time, and a random number from 0 inclusive to 1 exclusive. */
export type Pausing = { readonly clock: Clock; readonly random: () => number }

const CONFLICTS = 50
const PAUSES = { first: 1, most: 50 }

/**
 * Works through the queue of a parked view, chunk by chunk, each saved under the view's ETag together with its result.
 * The last save removes the mark. The ETag detects any other writer that changes the view in the meantime, such as a
 * processor that queues more events.
 *
 * @param ref the view
 * @param options.once whether to stop after one save
 * @throws NotParked; ViewContended if other writers keep changing the view; IncarnationMismatch
 */
export async function drain(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation' | 'limits'>,
  ref: ViewRef,
  work: Work,
  { clock, random, once = false }: Pausing & { readonly once?: boolean },
): Promise<Drained> {
  const { viewStore } = storage
  // Only the content of a mark matters here.
  const room = roomOf(storage.limits.bytesPerView, 1)
  const entry = await readEntry(storage, ref)
  let folded = 0
  let dropped = 0
  for (let conflicts = 0; conflicts < CONFLICTS; ) {
    const stored = await viewStore.get(ref)
    const mark = parkedMark(stored?.document)
    if (stored === undefined || mark === undefined) {
      // Another process un-parked it, after part of the queue was drained here.
      if (folded + dropped > 0) return drained(stored?.document ?? null)
      throw new NotParked(ref.projection, ref.key)
    }
    const { document: view } = stored
    assertIncarnation(view, storage.incarnation)
    const head = await readHead(storage, view)
    const saved = head && (await step(stored, mark, head))
    if (!saved) {
      await clock.sleep(backoffDelay(++conflicts, PAUSES, random))
      continue
    }
    conflicts = 0
    const now = parkedMark(saved)
    await emptyChunks(storage, ref, mark.id, mark.first, now ? Math.min(now.first, mark.next) : mark.next)
    if (now === undefined) await removeEntry(storage, entry)
    if (now === undefined || now.error !== null || once) return drained(saved)
  }
  throw new ViewContended(viewId(ref), CONFLICTS)

  async function step(
    { document: view, etag }: Stored<ViewDocument>,
    mark: ParkedMark,
    { refs, after }: { readonly refs: readonly WaitingRef[]; readonly after: WaitingRef | undefined },
  ): Promise<ViewDocument | undefined> {
    const { changed, done, failure, saved: onSaved, ...counts } = await work(view, refs)
    const tried = failure && attemptAfter(mark, done, failure.error)
    const next = dequeue({ ...view, ...changed }, refs, done, after, tried, room)
    const { saved } = await viewStore.save(next, { ifMatch: etag })
    if (!saved) return undefined
    folded += counts.folded
    dropped += counts.dropped
    await onSaved?.()
    return next
  }

  function drained(view: ViewDocument | null): Drained {
    const mark = parkedMark(view ?? undefined)
    return {
      unparked: mark === undefined,
      folded,
      dropped,
      waiting: mark?.waiting ?? 0,
      error: mark?.error ?? null,
      event: mark?.event ?? null,
      view: view?.data ?? null,
    }
  }
}

/**
 * Removes the mark with all pending events.
 *
 * @returns how many events were dropped
 * @throws as `drain` does
 */
export async function dropWaiting(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  ref: ViewRef,
  { clock, random }: Pausing,
): Promise<number> {
  const entry = await readEntry(storage, ref)
  for (let conflicts = 0; conflicts < CONFLICTS; ) {
    const stored = await storage.viewStore.get(ref)
    const mark = parkedMark(stored?.document)
    if (stored === undefined || mark === undefined) throw new NotParked(ref.projection, ref.key)
    assertIncarnation(stored.document, storage.incarnation)
    const { saved } = await storage.viewStore.save(unparked(stored.document), { ifMatch: stored.etag })
    if (saved) {
      await emptyChunks(storage, ref, mark.id, mark.first, mark.next)
      await removeEntry(storage, entry)
      return mark.waiting
    }
    await clock.sleep(backoffDelay(++conflicts, PAUSES, random))
  }
  throw new ViewContended(viewId(ref), CONFLICTS)
}

const attemptAfter = (mark: ParkedMark, done: number, error: unknown): Attempt => ({
  attempts: done === 0 ? mark.attempts + 1 : 1,
  error,
})
