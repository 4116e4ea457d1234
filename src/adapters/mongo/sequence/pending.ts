import type { Attempt } from '../client/run.ts'
import { eventId } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { type PendingEvent, predecessorsOf } from './assign-lsns.ts'
import { PENDING_ORDER } from './slot-part.ts'

/** More events than one append may have, so that there is always a complete one among them. */
const MOST = 2000

/** Events without an LSN, in the order in which they get one. */
export type Pending = {
  readonly events: readonly PendingEvent[]
  /** Whether there may be more. */
  readonly isCut: boolean
}

/**
 * Reads the first events of a slot that have no LSN, without a gap in any stream.
 *
 * @returns undefined if appends overtook the scan, so that another one is needed
 */
export async function readPending(
  { collections: { events } }: Pick<Handle, 'collections'>,
  { session }: Attempt,
  slot: number,
): Promise<Pending | undefined> {
  const found: PendingEvent[] = await events
    .find({ slot, pending: true }, { session })
    .sort(PENDING_ORDER)
    .hint(PENDING_ORDER)
    .project<PendingEvent>({ _id: 0, stream: 1, 'append.id': 1, 'metadata.recordedAt': 1 })
    .limit(MOST)
    .batchSize(MOST)
    .toArray()
  const before = predecessorsOf(found).map(({ stream, version }) => eventId(stream, version))
  const isTorn = before.length > 0 && (await events.findOne({ _id: { $in: before }, slot, pending: true }, { session }))
  return isTorn ? undefined : { events: found, isCut: found.length === MOST }
}
