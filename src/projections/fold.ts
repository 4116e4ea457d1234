import type { Breathe } from '../core/async/breathe.ts'
import { LogDiverged } from '../core/errors/feed.ts'
import { HandlerFailed, ViewParked, type ViewRefused, ViewTooLarge } from '../core/errors/view.ts'
import { eventReference } from '../core/events/event-reference.ts'
import { freezeJson } from '../core/json/freeze-json.ts'
import type { JsonObject } from '../core/json/json.ts'
import { type ViewDocument, viewId } from '../core/port/view-store.ts'
import { sameInterval } from '../core/positions/hash-interval.ts'
import { assertIncarnation, eventMark } from '../core/positions/log-identity.ts'
import { comparePositions, type Tidemark } from '../core/positions/position.ts'
import { advance, tidemarkAt } from '../core/positions/tidemark.ts'
import { keyOfPart } from '../core/positions/view-slices.ts'
import { failureOf } from './failure.ts'
import type { FoldedView, FoldInput, FoldItem } from './fold-item.ts'
import { foldForgetting } from './forgetting/fold-forgetting.ts'
import { type FoldedEvent, type ForgottenPerson, isForgotten, type Projection } from './projection.ts'

/** The context in which views are folded. */
export type FoldTarget = {
  /** The incarnation of the log. */
  readonly incarnation: string
  /** The maximum size of a view's document as JSON, in bytes. */
  readonly bytesPerView: number
  /** The fingerprint of the projection's code, if documents are to name the code that folded them. */
  readonly definition?: string
}

/**
 * Why an event cannot be folded: its handler threw or returned something that is not JSON, the view would grow too
 * large, or the database refuses it.
 */
export type FoldFailure = { readonly error: HandlerFailed | ViewTooLarge | ViewRefused; readonly event: FoldedEvent }

/** The result of folding a page's events into one view. */
export type FoldResult = {
  /** The document to save, or undefined if nothing was folded. */
  readonly document?: ViewDocument
  /** How many events were folded. */
  readonly folded: number
  /** The event at which folding stopped; `document` contains everything before it. */
  readonly failure?: FoldFailure
}

/**
 * Folds events of one page into one view. Events that the view's tidemarks have passed are skipped, however often they
 * were delivered. It is pure: after a failed save, it is called again with the document that is stored now.
 *
 * @param stored the view as it is stored, or undefined if there is none
 * @param items the events that concern the view, in the order of the feed
 * @throws ViewParked, because a parked view must process its parked events first; IncarnationMismatch, LogDiverged
 */
export function foldView(
  projection: Projection,
  key: string,
  stored: ViewDocument | undefined,
  items: readonly FoldItem[],
  target: FoldTarget,
): FoldResult {
  return withoutTurns(viewSteps(projection, key, stored, items, target))
}

/** The same, yielding to the event loop between slow handlers. @throws as `foldView` does */
export function foldViewInTurns(
  projection: Projection,
  key: string,
  stored: ViewDocument | undefined,
  items: readonly FoldItem[],
  target: FoldTarget,
  breathe: Breathe,
): Promise<FoldResult> {
  return inTurns(viewSteps(projection, key, stored, items, target), breathe)
}

function* viewSteps(
  projection: Projection,
  key: string,
  stored: ViewDocument | undefined,
  items: readonly FoldItem[],
  target: FoldTarget,
): Steps<FoldResult> {
  const before = stored ?? emptyView(projection, key, target.incarnation)
  assertIncarnation(before, target.incarnation)
  const { fresh, tidemarks } = takeFresh(before.tidemarks, items)
  if (fresh.length === 0) return { folded: 0 }
  if (before.parked) throw new ViewParked(projection.name, key)
  const { changed, folded, failure } = yield* foldSteps(projection, before, fresh, target.bytesPerView)
  const by = target.definition === undefined ? {} : { definition: target.definition }
  if (failure === undefined) return { document: { ...before, ...changed, ...by, tidemarks }, folded }
  if (folded === 0) return { folded, failure }
  const reached = takeFresh(before.tidemarks, fresh.slice(0, folded)).tidemarks
  return { document: { ...before, ...changed, ...by, tidemarks: reached }, folded, failure }
}

/** The document of a view into which nothing was folded yet. */
export function emptyView({ name, version }: Projection, key: string, incarnation: string): ViewDocument {
  const ref = { projection: name, version, key }
  return { id: viewId(ref), ...ref, data: null, incarnation, tidemarks: [] }
}

/**
 * The events that tidemarks have not passed, each once, and the tidemarks after them.
 *
 * @throws LogDiverged if a different event is at a tidemark's position: the log was restored from an older copy and
 *   grew
 */
export function takeFresh(
  tidemarks: readonly Tidemark[],
  items: readonly FoldItem[],
): { readonly fresh: readonly FoldItem[]; readonly tidemarks: readonly Tidemark[] } {
  const fresh: FoldItem[] = []
  let marks = tidemarks
  let last: FoldItem | undefined
  for (const item of items) {
    if (last && !sameInterval(last.range, item.range)) {
      marks = advance(marks, last.range, placeOf(last))
      last = undefined
    }
    // The tidemark of the page's range is moved once, at its end; until then it is at the last event.
    if (last && comparePositions(item.position, last.position) <= 0) continue
    if (isFolded(marks, item)) continue
    fresh.push(item)
    last = item
  }
  return { fresh, tidemarks: last ? advance(marks, last.range, placeOf(last)) : marks }
}

const placeOf = ({ position, event }: FoldItem) => ({ ...position, event: eventMark(event.metadata.eventId) })

function isFolded(marks: readonly Tidemark[], { position, event }: FoldItem): boolean {
  const mark = tidemarkAt(marks, position.hash)
  if (mark === undefined) return false
  const order = comparePositions(mark, position)
  if (order === 0 && mark.event !== undefined && mark.event !== eventMark(event.metadata.eventId)) {
    throw new LogDiverged('A view', `at LSN ${position.lsn}, now ${eventReference(event.streamId, event.version)}`)
  }
  return order >= 0
}

/**
 * Folds events into a view's data, one after another, up to the first that cannot be folded. The result of each event
 * is checked and measured, not only the final one, because whether an event fails must not depend on where pages end.
 *
 * @param view the document of the data; only its data changes
 */
export function foldEventsInTurns(
  projection: Projection,
  view: ViewDocument,
  events: readonly FoldInput[],
  bytesPerView: number,
  breathe: Breathe,
): Promise<Folded> {
  return inTurns(foldSteps(projection, view, events, bytesPerView), breathe)
}

type Folded = { readonly changed: FoldedView; readonly folded: number; readonly failure?: FoldFailure }

/** Work that can be interrupted at each yield. */
type Steps<T> = Generator<void, T>

function* foldSteps(
  projection: Projection,
  view: ViewDocument,
  events: readonly FoldInput[],
  bytesPerView: number,
): Steps<Folded> {
  let changed: FoldedView = { data: view.data }
  if (events.length === 0) return { changed, folded: 0 }
  const bytes = { around: bytesAround(view), most: bytesPerView }
  const fold = (data: JsonObject | null, event: FoldedEvent) => foldEvent(projection, view, data, event, bytes)
  if (view.forgetting) changed = { ...changed, forgetting: view.forgetting }
  for (const [folded, input] of events.entries()) {
    if (folded > 0) yield
    try {
      changed = projection.foldsForgotten
        ? foldForgetting(changed, input, fold)
        : { data: fold(changed.data, input.event) }
    } catch (error) {
      if (!(error instanceof HandlerFailed) && !(error instanceof ViewTooLarge)) throw error
      return { changed, folded, failure: { error, event: input.event } }
    }
  }
  return { changed, folded: events.length }
}

function withoutTurns<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

async function inTurns<T>(steps: Steps<T>, breathe: Breathe): Promise<T> {
  for (;;) {
    const turn = breathe()
    if (turn) await turn
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** The size of a view's document without its data, and the maximum including the data, in bytes. */
type Bytes = { readonly around: number; readonly most: number }

function foldEvent(
  projection: Projection,
  { id, key }: ViewDocument,
  before: JsonObject | null,
  event: FoldedEvent,
  { around, most }: Bytes,
): JsonObject | null {
  let [data, bytes]: [unknown, number] = [null, 0]
  try {
    // An event about several people is folded like a marker for each of them who was forgotten: a view is swept only if
    // the marker itself would get there.
    if (isForgotten(event) && !isConcerned(projection, key, event)) return before
    data = projection.fold(key, before, event)
    bytes = around + freezeJson(data, 'view')
  } catch (cause) {
    throw failureOf(projection, key, event, cause)
  }
  if (bytes > most) throw new ViewTooLarge(id, bytes, most)
  return data as JsonObject | null
}

const isConcerned = (projection: Projection, key: string, event: ForgottenPerson): boolean =>
  projection.keysOf(event).includes(projection.merge ? keyOfPart(key) : key)

function bytesAround({ parked: _, ...view }: ViewDocument): number {
  return Buffer.byteLength(JSON.stringify({ ...view, data: null })) - Buffer.byteLength('null')
}
