import type { CreateIndexesOptions, Document, IndexDirection } from 'mongodb'
import type { Collections } from '../client/collections.ts'
import { QUERY_INDEX } from '../query.ts'
import { FEED_ORDER, PENDING_ORDER } from '../sequence/slot-part.ts'

/** An index that queries of this adapter use. */
export type IndexDefinition = {
  readonly key: Readonly<Record<string, IndexDirection>>
  readonly options: CreateIndexesOptions & { readonly name: string }
}

/** The definition of a collection. */
export type CollectionDefinition = {
  /** The validator of its documents, which also applies to manual writes. */
  readonly schema: Document
  readonly indexes: readonly IndexDefinition[]
}

const TEXT = { bsonType: 'string' }
const NUMBER = { bsonType: 'number', minimum: 0 }
const OBJECT = { bsonType: 'object' }
const REVISION = { bsonType: 'objectId' }
const TIME = { bsonType: 'timestamp' }

const object = (required: Readonly<Record<string, Document>>, others: Readonly<Record<string, Document>> = {}) => ({
  bsonType: 'object',
  required: Object.keys(required),
  properties: { ...required, ...others },
})

const index = (
  name: string,
  key: IndexDefinition['key'],
  options: Omit<CreateIndexesOptions, 'name'> = {},
): IndexDefinition => ({ key, options: { ...options, name } })

/** The collection with the fixed properties of a storage. */
export const STORAGE: CollectionDefinition = {
  schema: object({ _id: TEXT, incarnation: TEXT, slots: NUMBER, schemaVersion: NUMBER }),
  indexes: [],
}

/**
 * The collections of a storage. Indexes of views that projections name are created separately; see `makeViewIndexes`.
 */
export const DEFINITIONS: Readonly<Record<keyof Collections, CollectionDefinition>> = {
  events: {
    schema: object(
      {
        _id: TEXT,
        stream: object({ id: TEXT, version: NUMBER }),
        eventType: TEXT,
        eventData: OBJECT,
        metadata: object({ eventId: TEXT, recordedAt: TEXT }),
        slot: NUMBER,
        hash: TEXT,
        append: object({ id: TEXT, first: NUMBER, last: NUMBER }),
      },
      { json: OBJECT, pending: { enum: [true] }, lsn: NUMBER, latest: TEXT },
    ),
    indexes: [
      // The slot is first in every unique index, so that a cluster can be sharded by it.
      index('byStream', { slot: 1, 'stream.id': 1, 'stream.version': 1 }, { unique: true }),
      index('byEventId', { slot: 1, 'stream.id': 1, 'metadata.eventId': 1 }, { unique: true }),
      index('byLsn', FEED_ORDER, { unique: true, partialFilterExpression: { lsn: { $gt: 0 } } }),
      index('pending', PENDING_ORDER, { partialFilterExpression: { pending: true } }),
      index('byTypeAndTime', QUERY_INDEX),
    ],
  },
  streams: {
    schema: object({ _id: TEXT, slot: NUMBER, version: NUMBER, recordedAt: TEXT }, { deleted: { enum: [true] } }),
    indexes: [],
  },
  slots: {
    schema: object({ _id: NUMBER, counter: NUMBER }, { latest: TEXT, plan: { bsonType: 'array' } }),
    indexes: [],
  },
  views: {
    schema: object(
      {
        _id: TEXT,
        projection: TEXT,
        version: NUMBER,
        key: TEXT,
        data: { bsonType: ['object', 'null'] },
        etag: REVISION,
      },
      { json: TEXT },
    ),
    indexes: [index('byKey', { projection: 1, version: 1, key: 1 })],
  },
  leases: {
    schema: object({ _id: TEXT, projection: TEXT, version: NUMBER, etag: REVISION }, { json: TEXT, changed: TIME }),
    indexes: [index('byProjection', { projection: 1, version: 1, _id: 1 }), index('byChange', { changed: 1 })],
  },
  snapshots: { schema: object({ _id: TEXT, etag: REVISION }, { json: TEXT }), indexes: [] },
}
