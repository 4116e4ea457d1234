import type { MongoClient } from 'mongodb'
import { openCollections, openDatabase } from '../../../src/adapters/mongo/client/collections.ts'
import { placeOf } from '../../../src/core/positions/stream-slot.ts'

/**
 * Takes the last events of a stream, and of its slot, away behind a storage's back, and puts its head and the slot's
 * counter back, as an older copy of these collections does that is restored.
 */
export async function loseTail(client: MongoClient, database: string, streamId: string, from: number): Promise<void> {
  const { events, streams, slots } = openCollections(openDatabase(client, database), '')
  const { slot } = placeOf(streamId, await slots.countDocuments())
  await events.deleteMany({ slot, 'stream.id': streamId, 'stream.version': { $gte: from } })
  const stream = { _id: streamId, slot }
  if (from === 1) await streams.deleteOne(stream)
  else await streams.updateOne(stream, { $set: { version: from - 1 } })
  const [last] = await events
    .find({ slot, lsn: { $gt: 0 } })
    .sort({ lsn: -1 })
    .limit(1)
    .toArray()
  await slots.replaceOne({ _id: slot }, { counter: last?.lsn ?? 0, ...(last?.latest && { latest: last.latest }) })
}
