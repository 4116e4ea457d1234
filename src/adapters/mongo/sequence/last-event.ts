import type { Attempt } from '../client/run.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { PlacedEvent } from './continuation.ts'
import { FEED_ORDER } from './slot-part.ts'

// The index of the feed, backwards.
const NEWEST_FIRST = { slot: -1, lsn: -1, hash: -1, 'stream.version': -1 } as const

/** The last event of a slot up to an LSN, null if there is none. */
export async function lastUpTo(
  { collections: { events } }: Pick<Handle, 'collections'>,
  { session }: Attempt,
  slot: number,
  lsn: number,
): Promise<PlacedEvent | null> {
  const [last] = await events
    .find({ slot, lsn: { $gt: 0, $lte: lsn } }, { session })
    .sort(NEWEST_FIRST)
    .hint(FEED_ORDER)
    .limit(1)
    .project<PlacedFields>({ _id: 0, stream: 1, lsn: 1, 'metadata.eventId': 1 })
    .toArray()
  return last === undefined ? null : placedEvent(last)
}

type PlacedFields = Pick<StoredEvent, 'stream' | 'lsn'> & { readonly metadata: { readonly eventId: string } }

/** What a continuation contains for an event with an LSN. */
export const placedEvent = ({ stream, metadata, lsn }: PlacedFields): PlacedEvent => ({
  streamId: stream.id,
  version: stream.version,
  eventId: metadata.eventId,
  lsn: lsn as number,
})
