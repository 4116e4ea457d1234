import { assertIncarnation } from '../core/log-identity.ts'
import type { FeedRange } from '../core/port/change-feed.ts'
import type { Stored } from '../core/port/save.ts'
import { type ViewDocument, viewId } from '../core/port/view-store.ts'
import { uuidOf } from '../core/uuid.ts'
import { emptyView, type FoldFailure, type FoldItem, foldView } from '../projections/fold.ts'
import { parkedMark } from '../projections/parking/mark.ts'
import { enqueue, park } from '../projections/parking/queue.ts'
import { roomOf } from '../projections/parking/room.ts'
import type { Projection } from '../projections/projection.ts'
import { pauseAfter } from './backoff.ts'
import { attributesOf, type PageContext } from './page-context.ts'
import { type SaveStep, saveSteps } from './parking/save-steps.ts'
import { attemptsFor, noteParked } from './patience.ts'

// A page waits for its retries, so they are over after some 150 milliseconds.
const HANDLER_PAUSES = { first: 10, most: 1_000 }

type FoldStep = SaveStep & { readonly folded: number; readonly failure?: FoldFailure }

/**
 * Folds events of one page into one view, and saves it. An event that cannot be folded is tried again with growing
 * pauses, during which nothing is held that others need; then the view is parked with it and with all events after it.
 *
 * @param found the view as it was read for the page
 * @returns how many events were folded
 * @throws the handler's failure when the processor stops meanwhile; ViewContended, IncarnationMismatch, and what the
 *   view store throws
 */
export async function foldKey(
  context: PageContext,
  projection: Projection,
  range: FeedRange,
  key: string,
  found: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
): Promise<number> {
  const most = attemptsFor(projection, context.clock)
  for (let attempts = 1; ; attempts++) {
    const { folded, failure } = await context.saves(() =>
      foldOnce(context, projection, key, found, items, attempts < most ? undefined : attempts),
    )
    if (failure === undefined) return folded
    context.onError?.(failure.error, { projection: projection.name, range })
    if (attempts >= most) {
      noteParked(projection, context.clock)
      return folded
    }
    context.telemetry.count('tidemark.handler.retries', 1, attributesOf(projection))
    await context.clock.sleep(pauseAfter(attempts, HANDLER_PAUSES, context.random), context.signal)
    if (context.signal?.aborted) throw failure.error
  }
}

/** @param parkAfter after how many attempts a failure parks the view; undefined where it changes nothing yet */
async function foldOnce(
  context: PageContext,
  projection: Projection,
  key: string,
  found: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
  parkAfter: number | undefined,
): Promise<{ folded: number; failure: FoldFailure | undefined }> {
  const { storage, clock, telemetry } = context
  const { incarnation } = storage
  const ref = { projection: projection.name, version: projection.version, key }
  const room = roomOf(storage.limits.bytesPerView)
  const outcome: Awaited<ReturnType<typeof foldOnce>> = { folded: 0, failure: undefined }

  /** What is to be saved next, if anything is. */
  function stepFrom(view: ViewDocument | undefined): FoldStep | undefined {
    if (view !== undefined && parkedMark(view)) {
      assertIncarnation(view, incarnation)
      const queued = enqueue(view, items, room)
      return queued && { ...queued, folded: 0 }
    }
    const target = { incarnation, bytesPerView: room.view }
    const folding = telemetry.time('tidemark.fold.duration', attributesOf(projection))
    const { document, folded, failure } = foldView(projection, key, view, items, target)
    folding()
    if (failure === undefined) return document && { view: document, folded }
    if (parkAfter === undefined) {
      outcome.failure = failure
      return undefined
    }
    const before = document ?? view ?? emptyView(projection, key, incarnation)
    const since = new Date(clock.now()).toISOString()
    const { streamId, version } = failure.event
    const id = uuidOf(viewId(ref), streamId, String(version), since)
    const why = { id, since, attempts: parkAfter, error: failure.error }
    return { view: park(before, items, why, room), folded, failure, parks: true }
  }

  await saveSteps(context, ref, found, stepFrom, (step) => {
    outcome.folded += step.folded
    outcome.failure = step.failure ?? outcome.failure
  })
  return outcome
}
