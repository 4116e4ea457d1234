import { LogDiverged, TidemarkAheadOfLog } from '../../../core/errors/feed.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import { placeOf } from '../../../core/positions/stream-slot.ts'
import type { Attempt } from '../client/run.ts'
import { eventId as documentId, isErased } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Place, PlacedEvent } from '../sequence/continuation.ts'

/** What reading the log requires. */
export type LogHandle = Pick<Handle, 'collections' | 'ranges'>

/**
 * Asserts that the log contains the events that something was derived from: that it reaches that far, and that the last
 * event exists with the same LSN, or was erased.
 *
 * @param derived a description of what was derived from the position
 * @param head the last LSN of the slot
 * @throws TidemarkAheadOfLog, LogDiverged
 */
export async function assertHolds(
  handle: LogHandle,
  attempt: Attempt,
  derived: string,
  { lsn, last }: Place,
  head: number,
): Promise<void> {
  if (last !== null) await assertHoldsEvent(handle, attempt, derived, last)
  if (lsn > head) throw new TidemarkAheadOfLog(derived, lsn, head)
}

async function assertHoldsEvent(
  handle: LogHandle,
  attempt: Attempt,
  derived: string,
  last: PlacedEvent,
): Promise<void> {
  if (await isHeld(handle, attempt, last)) return
  // A newly elected primary may not know yet what its predecessor had: it is asked with a linearizable read, and then
  // knows.
  const { streamId, version } = last
  const { slot } = placeOf(streamId, handle.ranges.length)
  await handle.collections.streams.findOne(
    { _id: streamId, slot },
    {
      readConcern: { level: 'linearizable' },
      maxTimeMS: attempt.maxTimeMS,
    },
  )
  if (!(await isHeld(handle, attempt, last))) throw new LogDiverged(derived, eventReference(streamId, version))
}

async function isHeld(
  { collections: { events, streams }, ranges }: LogHandle,
  { session }: Attempt,
  { streamId, version, eventId, lsn }: PlacedEvent,
): Promise<boolean> {
  const { slot } = placeOf(streamId, ranges.length)
  const found = await events.findOne({ _id: documentId(streamId, version), slot }, { session })
  if (found !== null) return isErased(found) || (found.metadata.eventId === eventId && found.lsn === lsn)
  const head = await streams.findOne({ _id: streamId, slot }, { session })
  return head?.deleted === true
}
