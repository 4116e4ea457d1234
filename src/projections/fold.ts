import { IncarnationMismatch } from '../core/errors/feed.ts'
import { HandlerFailed, ViewParked } from '../core/errors/view.ts'
import { type HashInterval, sameInterval } from '../core/hash-interval.ts'
import { assertJson, type JsonObject } from '../core/json.ts'
import { type ViewDocument, viewId } from '../core/port/view-store.ts'
import { comparePositions, type Position } from '../core/position.ts'
import { advance, hasFolded } from '../core/tidemark.ts'
import type { FoldedEvent, Projection } from './projection.ts'

/** An event with its place in the feed. */
export type FoldItem = {
  readonly event: FoldedEvent
  readonly position: Position
  /** The range that the feed gave it for: where its tidemark belongs. */
  readonly range: HashInterval
}

/** What folding a page's events into one view came to. */
export type FoldResult = {
  /** The document to save, or undefined when every event had been folded before. */
  readonly document?: ViewDocument
  /** How many events were folded. */
  readonly folded: number
}

/**
 * Folds events of one page into one view: what the view's tidemarks have passed is skipped, whatever was delivered how
 * often. It is pure: after a save that failed, it is called again with the document that is there now.
 *
 * @param stored the view as it is stored, or undefined where there is none
 * @param items the events that concern the view, in the order of the feed
 * @throws HandlerFailed; ViewParked, for a parked view waits for its parked events first; IncarnationMismatch
 */
export function foldView(
  projection: Projection,
  key: string,
  stored: ViewDocument | undefined,
  items: readonly FoldItem[],
  incarnation: string,
): FoldResult {
  const before = stored ?? emptyView(projection, key, incarnation)
  if (before.incarnation !== incarnation) {
    throw new IncarnationMismatch(`View ${before.id}`, incarnation, before.incarnation)
  }
  let { tidemarks } = before
  let data: unknown = before.data
  let last: FoldItem | undefined
  let folded = 0
  for (const item of items) {
    if (last && !sameInterval(last.range, item.range)) {
      tidemarks = advance(tidemarks, last.range, last.position)
      last = undefined
    }
    // The tidemark of the page's range is moved once, at its end; until then it is where the last event was.
    if (last && comparePositions(item.position, last.position) <= 0) continue
    if (hasFolded(tidemarks, item.position)) continue
    if (before.parked) throw new ViewParked(projection.name, key)
    data = foldEvent(projection, key, data, item.event)
    last = item
    folded++
  }
  if (last === undefined) return { folded }
  tidemarks = advance(tidemarks, last.range, last.position)
  return { document: { ...before, data: jsonOf(projection, key, data, last.event), tidemarks }, folded }
}

function emptyView({ name, version }: Projection, key: string, incarnation: string): ViewDocument {
  const ref = { projection: name, version, key }
  return { id: viewId(ref), ...ref, data: null, incarnation, tidemarks: [] }
}

function foldEvent(projection: Projection, key: string, view: unknown, event: FoldedEvent): unknown {
  try {
    return projection.fold(key, view as JsonObject | null, event)
  } catch (cause) {
    throw new HandlerFailed(projection.name, key, event, { cause })
  }
}

function jsonOf({ name }: Projection, key: string, data: unknown, event: FoldedEvent): JsonObject | null {
  try {
    assertJson(data, 'view')
    return data as JsonObject | null
  } catch (cause) {
    throw new HandlerFailed(name, key, event, { cause })
  }
}
