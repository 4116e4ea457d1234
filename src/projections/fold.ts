import { LogDiverged } from '../core/errors/feed.ts'
import { HandlerFailed, ViewParked, ViewTooLarge } from '../core/errors/view.ts'
import { type HashInterval, sameInterval } from '../core/hash-interval.ts'
import { assertJson, type JsonObject } from '../core/json.ts'
import { assertIncarnation, eventMark } from '../core/log-identity.ts'
import { type ViewDocument, viewId } from '../core/port/view-store.ts'
import { comparePositions, type Position, type Tidemark } from '../core/position.ts'
import { advance, tidemarkAt } from '../core/tidemark.ts'
import type { FoldedEvent, Projection } from './projection.ts'

/** An event with its place in the feed. */
export type FoldItem = {
  readonly event: FoldedEvent
  readonly position: Position
  /** The range that the feed gave it for: where its tidemark belongs. */
  readonly range: HashInterval
}

/** Where views are folded for. */
export type FoldTarget = {
  /** The life of the log. */
  readonly incarnation: string
  /** The most bytes that a view's document may take as JSON. */
  readonly bytesPerView: number
}

/** Why an event cannot be folded: its handler threw or answered no JSON, or the view would grow too large. */
export type FoldFailure = { readonly error: HandlerFailed | ViewTooLarge; readonly event: FoldedEvent }

/** What folding a page's events into one view came to. */
export type FoldResult = {
  /** The document to save, or undefined when nothing was folded. */
  readonly document?: ViewDocument
  /** How many events were folded. */
  readonly folded: number
  /** The event at which it ended; `document` holds everything before it. */
  readonly failure?: FoldFailure
}

/**
 * Folds events of one page into one view: what the view's tidemarks have passed is skipped, whatever was delivered how
 * often. It is pure: after a save that failed, it is called again with the document that is there now.
 *
 * @param stored the view as it is stored, or undefined where there is none
 * @param items the events that concern the view, in the order of the feed
 * @throws ViewParked, for a parked view waits for its parked events first; IncarnationMismatch, LogDiverged
 */
export function foldView(
  projection: Projection,
  key: string,
  stored: ViewDocument | undefined,
  items: readonly FoldItem[],
  target: FoldTarget,
): FoldResult {
  const before = stored ?? emptyView(projection, key, target.incarnation)
  assertIncarnation(before, target.incarnation)
  const { fresh, tidemarks } = takeFresh(before.tidemarks, items)
  if (fresh.length === 0) return { folded: 0 }
  if (before.parked) throw new ViewParked(projection.name, key)
  const events = fresh.map(({ event }) => event)
  const { data, folded, failure } = foldEvents(projection, before, events, target.bytesPerView)
  if (failure === undefined) return { document: { ...before, data, tidemarks }, folded }
  if (folded === 0) return { folded, failure }
  const reached = takeFresh(before.tidemarks, fresh.slice(0, folded)).tidemarks
  return { document: { ...before, data, tidemarks: reached }, folded, failure }
}

/** The document of a view that nothing was folded into yet. */
export function emptyView({ name, version }: Projection, key: string, incarnation: string): ViewDocument {
  const ref = { projection: name, version, key }
  return { id: viewId(ref), ...ref, data: null, incarnation, tidemarks: [] }
}

/**
 * The events that tidemarks have not passed, each once, and the tidemarks after them.
 *
 * @throws LogDiverged when another event lies where a tidemark is: the log was restored from an older copy and grew
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
    // The tidemark of the page's range is moved once, at its end; until then it is where the last event was.
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
    throw new LogDiverged('A view', `at LSN ${position.lsn}, now ${event.streamId}:${event.version}`)
  }
  return order >= 0
}

/**
 * Folds events into a view's data, one after another, up to the first that cannot be folded.
 *
 * @param view the document that the data is of; only its data changes
 */
export function foldEvents(
  projection: Projection,
  view: ViewDocument,
  events: readonly FoldedEvent[],
  bytesPerView: number,
): { readonly data: JsonObject | null; readonly folded: number; readonly failure?: FoldFailure } {
  const last = events.at(-1)
  if (last === undefined) return { data: view.data, folded: 0 }
  try {
    // What comes out is looked at once, at the end: that finds every fault, though not its event.
    let data: unknown = view.data
    for (const event of events) data = foldEvent(projection, view.key, data, event)
    return { data: storable(projection, view, data, last, bytesPerView), folded: events.length }
  } catch (error) {
    if (!isFoldError(error)) throw error
    return foldOneByOne(projection, view, events, bytesPerView)
  }
}

function foldOneByOne(
  projection: Projection,
  view: ViewDocument,
  events: readonly FoldedEvent[],
  bytesPerView: number,
): ReturnType<typeof foldEvents> {
  let { data } = view
  for (const [folded, event] of events.entries()) {
    try {
      data = storable(projection, view, foldEvent(projection, view.key, data, event), event, bytesPerView)
    } catch (error) {
      if (!isFoldError(error)) throw error
      return { data, folded, failure: { error, event } }
    }
  }
  return { data, folded: events.length }
}

const isFoldError = (error: unknown): error is FoldFailure['error'] =>
  error instanceof HandlerFailed || error instanceof ViewTooLarge

function foldEvent(projection: Projection, key: string, view: unknown, event: FoldedEvent): unknown {
  try {
    return projection.fold(key, view as JsonObject | null, event)
  } catch (cause) {
    throw new HandlerFailed(projection.name, key, event, { cause })
  }
}

function storable(
  { name }: Projection,
  view: ViewDocument,
  data: unknown,
  event: FoldedEvent,
  bytesPerView: number,
): JsonObject | null {
  try {
    assertJson(data, 'view')
  } catch (cause) {
    throw new HandlerFailed(name, view.key, event, { cause })
  }
  assertFits({ ...view, data: data as JsonObject | null }, bytesPerView)
  return data as JsonObject | null
}

function assertFits({ parked: _, ...view }: ViewDocument, limit: number): void {
  const text = JSON.stringify(view)
  // No character of JavaScript's takes more than three bytes of UTF-8, so most need not be counted.
  if (text.length * 3 <= limit) return
  const bytes = Buffer.byteLength(text)
  if (bytes > limit) throw new ViewTooLarge(String(view.id), bytes, limit)
}
