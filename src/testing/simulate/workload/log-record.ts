import type { FoldedEvent, Projection } from '../../../projections/projection.ts'
import type { MemoryState } from '../../memory/state.ts'
import type { Record } from './projections.ts'

/** What was appended, as the writers know it: every view is compared with it. */
export type LogRecord = {
  /** All events of a stream, the one of version n at n - 1. */
  readonly streams: ReadonlyMap<string, readonly FoldedEvent[]>
  add(event: FoldedEvent): void
  /** The views of a projection as a plain fold of everything gives them: without pages, tidemarks or storage. */
  plainFold(projection: Projection<Record>): Map<string, Record | null>
  /**
   * How many of a stream's events a view has at least folded or passed, judging by what it contains; undefined if no
   * such number explains it. Of several numbers, the smallest.
   */
  foldedOf(
    seen: readonly number[],
    view: { readonly projection: Projection<Record>; readonly key: string },
    streamId: string,
    least: number,
  ): number | undefined
}

/** Creates an empty record. */
export function createLogRecord(): LogRecord {
  const streams = new Map<string, FoldedEvent[]>()
  const step = (projection: Projection<Record>, key: string, view: Record | null, event: FoldedEvent) =>
    projection.fold(key, view, event)
  return {
    streams,
    add(event) {
      const events = streams.get(event.streamId) ?? []
      events.push(event)
      streams.set(event.streamId, events)
    },
    plainFold(projection) {
      const views = new Map<string, Record | null>()
      for (const event of [...streams.values()].flat()) {
        for (const key of keysOf(projection, event)) {
          views.set(key, step(projection, key, views.get(key) ?? null, event))
        }
      }
      return views
    },
    foldedOf(seen, { projection, key }, streamId, least) {
      if (least === 0 && seen.length === 0) return 0
      let view: Record | null = null
      for (const [i, event] of (streams.get(streamId) ?? []).entries()) {
        if (keysOf(projection, event).includes(key)) view = step(projection, key, view, event)
        if (i + 1 >= least && sameNumbers(view?.seen[streamId] ?? [], seen)) return i + 1
      }
      return undefined
    },
  }
}

/** The views that a projection folds an event into. */
export function keysOf(projection: Projection, event: FoldedEvent): readonly string[] {
  const known = Object.hasOwn(projection.events.definitions, event.type)
  return known || (event.type === '$tombstone' && projection.foldsDeletion) ? projection.keysOf(event) : []
}

/** Whether an event was erased: then it may have been folded, or not. */
export function isErased(state: MemoryState, streamId: string, version: number): boolean {
  const event = state.streams.get(streamId)?.events[version - 1]
  return !event || event.appendId === '$husk'
}

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((number, i) => number === b[i])
