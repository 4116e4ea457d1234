import { StreamDeleted } from '../../core/errors/append.ts'
import { decodeEvents } from '../../core/events/codec.ts'
import { type EventDocument, TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import type { WaitingRef } from '../../projections/parking/mark.ts'
import type { FoldedEvent, Projection } from '../../projections/projection.ts'

/** Reads the events that wait again from the log. */
export type WaitingEvents = {
  /** The event's document, or undefined when it was erased, or its stream was deleted: then it counts as passed. */
  document(ref: WaitingRef): Promise<EventDocument | undefined>
  /**
   * The event in its newest shape, or undefined where it counts as passed.
   *
   * @throws EventSchemaTooNew, UpcastFailed
   */
  event(ref: WaitingRef): Promise<FoldedEvent | undefined>
}

// Versions of one stream that are read in one call.
const SPAN = 100

/** Makes a reader of the events of a list, each read once. */
export function waitingEvents(log: EventLog, projection: Projection, refs: readonly WaitingRef[]): WaitingEvents {
  const read = new Map<string, Promise<ReadonlyMap<number, EventDocument>>>()

  async function document([streamId, version]: WaitingRef): Promise<EventDocument | undefined> {
    const span = Math.floor(version / SPAN)
    const id = `${streamId} ${span}`
    const events = read.get(id) ?? readSpan(streamId, span)
    read.set(id, events)
    return (await events).get(version)
  }

  async function readSpan(streamId: string, span: number): Promise<ReadonlyMap<number, EventDocument>> {
    const wanted = refs.filter(([stream, version]) => stream === streamId && Math.floor(version / SPAN) === span)
    const versions = wanted.map(([, version]) => version)
    const found = new Map<number, EventDocument>()
    try {
      const part = { from: Math.min(...versions), to: Math.max(...versions) }
      for await (const event of log.read(streamId, part)) found.set(event.stream.version, event)
    } catch (error) {
      if (!(error instanceof StreamDeleted)) throw error
    }
    return found
  }

  return {
    document,
    async event(ref) {
      const [streamId, version, , , end] = ref
      if (end) return { type: TOMBSTONE, streamId, version, metadata: end }
      const found = await document(ref)
      return found && (await decodeEvents(projection.events, [found]))[0]
    },
  }
}
