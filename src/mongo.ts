import type { MongoClient } from 'mongodb'
import { type MongoOptions, type MongoPort, openMongoPort } from './adapters/mongo/index.ts'
import { type Storage, withViews } from './views/with-views.ts'

/** An opened database in MongoDB, with its views. */
export type MongoStorage = Storage & MongoPort

export type { MongoOptions }

/**
 * Opens a storage in a database of MongoDB: of a replica set or a sharded cluster, 4.4 or later. Missing collections
 * are created. The client remains the caller's: close it after the storage is closed.
 *
 * @throws as `openMongoPort` does
 */
export async function openMongo(client: MongoClient, options: MongoOptions): Promise<MongoStorage> {
  const { clock } = options
  return withViews(await openMongoPort(client, options), clock ? { clock } : {})
}
