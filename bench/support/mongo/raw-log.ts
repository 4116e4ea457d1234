import { type ClientSession, type Collection, type MongoClient, ReadConcern } from 'mongodb'
import { eventId, type StoredEvent, type StoredStream } from '../../../src/adapters/mongo/documents.ts'
import { uuidV7 } from '../../../src/core/append/uuid.ts'
import { type Place, placeOf } from '../../../src/core/positions/stream-slot.ts'
import type { ReadingEvent } from './appenders.ts'
import type { BenchDatabase } from './database.ts'

/** What somebody writes who needs a log and takes the driver alone: the peer of the adapter. */
export type RawLog = AsyncDisposable & {
  /** Appends one event in a transaction by hand. @throws Error when the stream is at another version */
  append(stream: string, event: ReadingEvent, expected: number): Promise<void>
  /** Inserts one event and nothing else. */
  insert(stream: string, event: ReadingEvent, version: number): Promise<void>
  /** All events of a stream. */
  readStream(stream: string): Promise<StoredEvent[]>
  /** Reads all events of a slot that have an LSN, in its order, and answers how many there are. */
  scan(slot: number): Promise<number>
}

const SLOTS = 8
const DURABLE = { w: 'majority', journal: true } as const

/** What its commits are worth, for people. */
export const DURABILITY = 'w: majority, j: true: in the journals of a majority'
const CONCERNS = { readPreference: 'primary', readConcern: { level: 'majority' }, writeConcern: DURABLE } as const
// As many as the change feed is read by.
const BATCH = 1000

/**
 * Opens a log by hand in a database that the adapter has made: the same collections with the same indexes and
 * validators, the same documents, the same concerns. It does what an append must do to be worth its name: it moves the
 * head of the stream from the version that is expected, inserts the event, and waits for the journals of a majority. One
 * session is used for all of them. It does without schemas, repeats after faults, limits, known event ids, deleted
 * streams and positions for `waitFor`.
 */
export function openRawLog({ client, name }: Pick<BenchDatabase, 'client' | 'name'>): RawLog {
  const session = client.startSession({ causalConsistency: false })
  const { events, streams } = collectionsOf(client, name)
  return {
    async append(stream, event, expected) {
      const recordedAt = new Date().toISOString()
      const place = placeOf(stream, SLOTS)
      session.startTransaction(CONCERNS)
      await moveHead(streams, session, stream, place, expected, recordedAt)
      await events.insertOne(documentOf(stream, place, event, expected + 1, recordedAt), { session })
      await session.commitTransaction()
    },
    async insert(stream, event, version) {
      const recordedAt = new Date().toISOString()
      await events.insertOne(documentOf(stream, placeOf(stream, SLOTS), event, version, recordedAt))
    },
    readStream(stream) {
      const { slot } = placeOf(stream, SLOTS)
      const order = { slot: 1, 'stream.id': 1, 'stream.version': 1 } as const
      return events.find({ slot, 'stream.id': stream }).sort(order).toArray()
    },
    async scan(slot) {
      let seen = 0
      const order = { slot: 1, lsn: 1, hash: 1, 'stream.version': 1 } as const
      for await (const _event of events
        .find({ slot, lsn: { $gt: 0 } })
        .sort(order)
        .batchSize(BATCH))
        seen++
      return seen
    },
    [Symbol.asyncDispose]: () => session.endSession(),
  }
}

function collectionsOf(client: MongoClient, name: string) {
  const database = client.db(name, { writeConcern: DURABLE, readConcern: new ReadConcern('majority') })
  return {
    events: database.collection<StoredEvent>('events'),
    streams: database.collection<StoredStream>('streams'),
  }
}

async function moveHead(
  streams: Collection<StoredStream>,
  session: ClientSession,
  _id: string,
  { slot }: Place,
  expected: number,
  recordedAt: string,
): Promise<void> {
  const filter = { _id, slot, version: expected }
  const update = { $set: { version: expected + 1, recordedAt } }
  const { matchedCount, upsertedCount } = await streams.updateOne(filter, update, { session, upsert: expected === 0 })
  if (matchedCount + upsertedCount !== 1) throw new Error(`${_id} is not at ${expected}`)
}

const documentOf = (
  id: string,
  { slot, hash }: Place,
  { type, data }: ReadingEvent,
  version: number,
  recordedAt: string,
): StoredEvent => ({
  _id: eventId(id, version),
  stream: { id, version },
  eventType: type,
  eventData: data,
  metadata: { eventId: uuidV7(), recordedAt },
  slot,
  hash,
  append: { id: uuidV7(), first: version, last: version },
  pending: true,
})
