import { backoffDelay } from '../../core/async/backoff.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import { LogDiverged } from '../../core/errors/feed.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import { type EventDocument, TOMBSTONE } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { decodeFor } from '../../projections/decode-events.ts'
import type { FoldInput } from '../../projections/fold-item.ts'
import type { WaitingRef } from '../../projections/parking/parked-mark.ts'
import type { Projection } from '../../projections/projection.ts'
import type { Pausing } from './drain-queue.ts'

/** Reads parked events again from the log. */
export type WaitingEvents = {
  /**
   * The event's document, or undefined if its stream was deleted: then the event counts as passed. @throws LogDiverged
   */
  document(ref: WaitingRef): Promise<EventDocument | undefined>
  /**
   * The event in its newest shape, or undefined if it counts as passed.
   *
   * @throws EventSchemaTooNew, UpcastFailed, LogDiverged; VaultRequired, and what the vault throws
   */
  event(ref: WaitingRef): Promise<FoldInput | undefined>
}

// How many versions of one stream are read in one call.
const SPAN = 100

// A lagging replica shows an event some milliseconds or seconds after the feed returned it to a worker.
const ATTEMPTS = 15
const PAUSES = { first: 10, most: 1_000 }

/** Creates a reader of the events of a list, each of which is read once. */
export function waitingEvents(
  { events: log, vault }: Pick<StoragePort, 'events' | 'vault'>,
  projection: Projection,
  refs: readonly WaitingRef[],
  { clock, random }: Pausing,
): WaitingEvents {
  const read = new Map<string, Promise<ReadonlyMap<number, EventDocument>>>()

  async function document([streamId, version]: WaitingRef): Promise<EventDocument | undefined> {
    const span = Math.floor(version / SPAN)
    const id = `${streamId} ${span}`
    const events = read.get(id) ?? readSpan(streamId, span)
    read.set(id, events)
    return (await events).get(version)
  }

  /**
   * Only a tombstone proves that an event was erased. Without one, a missing event has not reached the responding
   * replica yet, so it is read again.
   */
  async function readSpan(streamId: string, span: number): Promise<ReadonlyMap<number, EventDocument>> {
    const wanted = refs.filter(([stream, version]) => stream === streamId && Math.floor(version / SPAN) === span)
    const versions = wanted.map(([, version]) => version)
    for (let attempt = 1; ; attempt++) {
      const found = await eventsOf(streamId, versions)
      const missing = found && versions.find((version) => !found.has(version))
      if (missing === undefined) return found ?? new Map()
      if (attempt === ATTEMPTS) {
        throw new LogDiverged(`The parked queue of ${projection.name}`, eventReference(streamId, missing))
      }
      await clock.sleep(backoffDelay(attempt, PAUSES, random))
    }
  }

  /** The events at these versions by version; undefined if the stream was deleted. */
  async function eventsOf(
    streamId: string,
    versions: readonly number[],
  ): Promise<ReadonlyMap<number, EventDocument> | undefined> {
    const found = new Map<number, EventDocument>()
    try {
      const part = { from: Math.min(...versions), to: Math.max(...versions) }
      for await (const event of log.read(streamId, part)) found.set(event.stream.version, event)
    } catch (error) {
      if (!(error instanceof StreamDeleted)) throw error
      return undefined
    }
    return found
  }

  return {
    document,
    async event(ref) {
      const [streamId, version, , , end] = ref
      if (end) return { event: { type: TOMBSTONE, streamId, version, metadata: end } }
      const found = await document(ref)
      return found && (await decodeFor(projection, [found], vault))[0]
    },
  }
}
