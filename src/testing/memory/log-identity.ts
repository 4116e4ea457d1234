import type { LastEvent } from '../../core/adapters/continuation.ts'
import { furthestPlaces } from '../../core/adapters/lease-checkpoints.ts'
import { uuidV7 } from '../../core/append/uuid.ts'
import { LogDiverged } from '../../core/errors/feed.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import { isOlderLog } from '../../core/positions/log-identity.ts'
import { partitionOf } from './documents.ts'
import type { MemoryState } from './state.ts'

/** @throws LogDiverged if an event is not in the log and was not erased */
export function assertHolds(state: MemoryState, derived: string, last: LastEvent | null): void {
  if (last === null) return
  const stream = state.streams.get(last.streamId)
  if (stream?.deleted || stream?.events[last.version - 1]?.eventId === last.eventId) return
  throw new LogDiverged(derived, eventReference(last.streamId, last.version))
}

/**
 * Compares the leases with the log.
 *
 * @param accept whether a log that is older than they are gets a new incarnation
 * @throws LogDiverged, TidemarkAheadOfLog
 */
export function assertLogHolds(state: MemoryState, accept = false): void {
  const leases = [...state.leases.values()].map(({ json }): LeaseDocument => JSON.parse(json))
  try {
    for (const { leaseId, last } of furthestPlaces(leases, state.incarnation)) assertHolds(state, leaseId, last)
  } catch (error) {
    if (!accept || !isOlderLog(error)) throw error
    state.incarnation = uuidV7()
  }
}

/** Removes the last events of a stream, and of its partition, as if they had never been appended. */
export function loseTail(state: MemoryState, streamId: string, from: number): void {
  const stream = state.streams.get(streamId)
  if (stream === undefined) return
  const partition = partitionOf(state, stream.hash)
  for (const event of stream.events.splice(from - 1)) if (event) stream.versions.delete(event.eventId)
  const kept = partition.appends.filter((append) => append.streamId !== streamId || append.last < from)
  partition.appends.splice(0, partition.appends.length, ...kept)
  partition.lsn = kept.at(-1)?.lsn ?? 0
}
