import type { FoldedEvent, Projection } from '../../../projections/projection.ts'
import type { MemoryState } from '../../memory/state.ts'
import type { Record } from './projections.ts'

/** What was appended, as the writers know it: what every view is compared with. */
export type LogRecord = {
  /** All events of a stream, the one of version n at n - 1. */
  readonly streams: ReadonlyMap<string, readonly FoldedEvent[]>
  add(event: FoldedEvent): void
  /** The views of a projection as a plain fold of everything gives them: no page, no tidemark, no storage. */
  plainFold(projection: Projection<Record>): Map<string, Record | null>
  /** Whether what a view has seen of a stream is what it has to, after so many of the stream's events or some more. */
  couldBe(
    seen: readonly number[],
    view: { readonly projection: Projection<Record>; readonly key: string },
    streamId: string,
    events: number,
  ): boolean
}

/** Makes an empty record. */
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
    couldBe(seen, { projection, key }, streamId, events) {
      let view: Record | null = null
      for (const [i, event] of (streams.get(streamId) ?? []).entries()) {
        if (keysOf(projection, event).includes(key)) view = step(projection, key, view, event)
        if (i + 1 >= events && (view?.seen[streamId] ?? []).join(' ') === seen.join(' ')) return true
      }
      return false
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
