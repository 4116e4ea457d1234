import { uuidOf } from '../../core/append/uuid.ts'
import { backoffDelay } from '../../core/async/backoff.ts'
import { InvalidDefinition, NotJson } from '../../core/errors/input.ts'
import { InvalidPersonId } from '../../core/errors/privacy.ts'
import { ViewRefused, ViewTooLarge } from '../../core/errors/view.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { assertIncarnation } from '../../core/positions/log-identity.ts'
import { failureOf } from '../../projections/failure.ts'
import { emptyView, type FoldFailure, foldViewInTurns, takeFresh } from '../../projections/fold.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { sizeInClear } from '../../projections/forgetting/seal-view.ts'
import { sweepParked } from '../../projections/forgetting/sweep-parked.ts'
import type { ViewSealer } from '../../projections/forgetting/view-sealer.ts'
import { parkedMark } from '../../projections/parking/parked-mark.ts'
import { roomOf } from '../../projections/parking/size-budget.ts'
import { enqueue, park } from '../../projections/parking/waiting-queue.ts'
import type { Projection } from '../../projections/projection.ts'
import { attributesOf, foldTargetOf, type PageContext } from './page-context.ts'
import { saveView, type ViewStep } from './save-view.ts'

// A page waits for its retries, so these are limited to about 150 milliseconds.
const HANDLER_PAUSES = { first: 10, most: 1_000 }

type FoldStep = ViewStep & { readonly folded: number; readonly failure?: FoldFailure }

/** The result of folding some events into a view. */
type Outcome = { readonly folded: number; readonly failure: FoldFailure | undefined }

/** A view, and how it is folded. */
type Target = {
  readonly context: PageContext
  readonly projection: Projection
  /** Opens and seals the view, if members of it are sealed. */
  readonly sealer: ViewSealer | undefined
  readonly key: string
  /** The view as it was read for the page. */
  readonly found: Stored<ViewDocument> | undefined
  /** After how many attempts a failure parks the view; undefined if it changes nothing yet. */
  readonly parkAfter: number | undefined
}

/**
 * Folds events of one page into one view, and saves it. An event that cannot be folded is retried with increasing
 * backoff, without holding anything that others need; then the view is parked with this event and all later ones.
 *
 * @param found the view as it was read for the page
 * @returns how many events were folded
 * @throws the handler's failure if the processor stops in the meantime; ViewContended, IncarnationMismatch, and what
 *   the view store throws
 */
export async function updateView(
  { context, projection, sealer }: Pick<Target, 'context' | 'projection' | 'sealer'>,
  range: FeedRange,
  key: string,
  found: Stored<ViewDocument> | undefined,
  items: readonly FoldItem[],
): Promise<number> {
  const { retries } = context.sharedBy(projection)
  const most = retries.attempts()
  for (let attempts = 1; ; attempts++) {
    const parkAfter = attempts < most ? undefined : attempts
    const { folded, failure } = await foldItems({ context, projection, sealer, key, found, parkAfter }, items)
    if (failure === undefined) return folded
    const parks = parkAfter !== undefined
    context.onError?.(failure.error, { projection: projection.name, range, attempt: attempts, parks })
    if (parks) {
      retries.noteParked()
      return folded
    }
    context.telemetry.count('tidemark.handler.retries', 1, attributesOf(projection))
    await context.clock.sleep(backoffDelay(attempts, HANDLER_PAUSES, context.random), context.signal)
    if (context.signal?.aborted) throw failure.error
  }
}

/**
 * Folds events and saves the view. If the database refuses the resulting document, the event at fault is found by
 * folding fewer events at a time.
 */
async function foldItems(target: Target, items: readonly FoldItem[]): Promise<Outcome> {
  try {
    return await foldOnce(target, items)
  } catch (error) {
    const refusal = refusalOf(error, target, items)
    if (refusal === undefined) throw error
    if (items.length === 1) return foldOnce(target, items, refusal)
  }
  const middle = Math.ceil(items.length / 2)
  const first = await foldItems(target, items.slice(0, middle))
  if (first.failure && target.parkAfter === undefined) return first
  const rest = await foldItems(target, items.slice(middle))
  return { folded: first.folded + rest.folded, failure: first.failure ?? rest.failure }
}

/** Whether a document is refused, and would be refused again. */
export const isRefusal = (error: unknown): error is Error => REFUSALS.some((kind) => error instanceof kind)

// The last two are faults of the rule that tells whose data a view has.
const REFUSALS = [ViewTooLarge, ViewRefused, NotJson, InvalidPersonId, InvalidDefinition]

/** The failure that a permanent refusal of a document amounts to. */
function refusalOf(error: unknown, { projection, key }: Target, items: readonly FoldItem[]): FoldFailure | undefined {
  const [first] = items
  if (first === undefined || !isRefusal(error)) return undefined
  const { event } = first
  if (error instanceof ViewTooLarge) return { error, event }
  if (error instanceof ViewRefused && !projection.readsPersonal) return { error, event }
  return { error: failureOf(projection, key, event, error), event }
}

/** @param refusal the failure of the first event, if that is already known */
async function foldOnce(target: Target, items: readonly FoldItem[], refusal?: FoldFailure): Promise<Outcome> {
  const { context, projection, sealer, key, found, parkAfter } = target
  const { storage, clock, telemetry } = context
  const { incarnation } = storage
  const ref = { projection: projection.name, version: projection.version, key }
  const room = roomOf(storage.limits.bytesPerView, context.rangeCount())

  /** The next save, if there is one. */
  async function stepFrom(view: ViewDocument | undefined): Promise<FoldStep | undefined> {
    if (view !== undefined && parkedMark(view)) {
      assertIncarnation(view, incarnation)
      const queued = enqueue(sweepParked(projection, view, items), items, room)
      return queued && { ...queued, folded: 0 }
    }
    const folding = telemetry.time('tidemark.fold.duration', attributesOf(projection))
    const { document, folded, failure } = await fold(view)
    folding()
    if (failure === undefined) return document && { view: document, folded }
    // Nothing changes before all attempts were made.
    if (parkAfter === undefined) return { folded: 0, failure }
    const before = document ?? view ?? emptyView(projection, key, incarnation)
    const since = new Date(clock.now()).toISOString()
    const { streamId, version } = failure.event
    const id = uuidOf(viewId(ref), streamId, String(version), since)
    const why = { id, since, attempts: parkAfter, error: failure.error }
    return { view: park(sweepParked(projection, before, items), items, why, room), folded, failure, parks: true }
  }

  async function fold(view: ViewDocument | undefined) {
    if (refusal === undefined) {
      const aim = foldTargetOf(context, projection, sizeInClear(projection, room.view))
      const foldInto = (clear: ViewDocument | undefined, inputs: readonly FoldItem[]) =>
        foldViewInTurns(projection, key, clear, inputs, aim, context.breathe)
      return sealer ? sealer.fold(view, items, foldInto) : foldInto(view, items)
    }
    const isFresh = takeFresh(view?.tidemarks ?? [], items).fresh.length > 0
    return isFresh ? { document: undefined, folded: 0, failure: refusal } : { document: undefined, folded: 0 }
  }

  const steps = await saveView(context, ref, found, stepFrom)
  return {
    folded: steps.reduce((sum, { folded }) => sum + folded, 0),
    failure: steps.findLast(({ failure }) => failure)?.failure,
  }
}
