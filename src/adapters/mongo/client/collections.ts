import type { BSONSerializeOptions, Collection, CollectionOptions, Db, MongoClient, ReadConcern } from 'mongodb'
import type { StoredEvent, StoredSlot, StoredStream } from '../documents.ts'
import type { StoredRecord } from './stored-record.ts'

/** The collections of a storage. */
export type Collections = {
  /** The events. */
  readonly events: Collection<StoredEvent>
  /** The heads of streams. */
  readonly streams: Collection<StoredStream>
  /** The slots of the feed with their counters; `setup` creates one document for each. */
  readonly slots: Collection<StoredSlot>
  readonly views: Collection<StoredRecord>
  readonly leases: Collection<StoredRecord>
  readonly snapshots: Collection<StoredRecord>
}

const WRITES = { w: 'majority', journal: true } as const

/** The options of a transaction. */
export const CONCERNS = {
  readPreference: 'primary',
  readConcern: { level: 'majority' },
  writeConcern: WRITES,
} as const

/** How documents are read and written, because the options of the client must not change that. */
export const DOCUMENT_OPTIONS: BSONSerializeOptions = {
  raw: false,
  promoteValues: true,
  promoteLongs: true,
  promoteBuffers: false,
  useBigInt64: false,
  bsonRegExp: false,
  ignoreUndefined: true,
  serializeFunctions: false,
  checkKeys: false,
  // Members of documents are looked up in it by name, `constructor` among them, so it must inherit nothing.
  fieldsAsRaw: Object.create(null),
}

/** The options for every collection, whatever the client's defaults are. */
export const COLLECTION_OPTIONS: CollectionOptions = { ...DOCUMENT_OPTIONS, ...CONCERNS }

/** The options for the database. */
export const openDatabase = (client: MongoClient, name: string): Db =>
  client.db(name, {
    ...DOCUMENT_OPTIONS,
    readPreference: 'primary',
    // Not an instance of a driver class, because the client may come from another copy of the driver.
    readConcern: CONCERNS.readConcern as ReadConcern,
    writeConcern: WRITES,
  })

/** The collections of a database with a prefix. */
export function openCollections(database: Db, prefix: string): Collections {
  const open = <T extends object>(name: keyof Collections) => database.collection<T>(prefix + name, COLLECTION_OPTIONS)
  return {
    events: open<StoredEvent>('events'),
    streams: open<StoredStream>('streams'),
    slots: open<StoredSlot>('slots'),
    views: open<StoredRecord>('views'),
    leases: open<StoredRecord>('leases'),
    snapshots: open<StoredRecord>('snapshots'),
  }
}
