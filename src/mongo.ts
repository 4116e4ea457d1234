import type { MongoClient } from 'mongodb'
import { type MongoOptions, type MongoPort, openMongoPort } from './adapters/mongo/index.ts'
import { type EnvironmentOptions, openInEnvironment } from './core/environment.ts'
import { type Storage, withViews } from './views/with-views.ts'

/** An opened database in MongoDB, with its views. */
export type MongoStorage = Storage & MongoPort

export type { MongoOptions }

/**
 * Opens a storage in a database of MongoDB: of a replica set or a sharded cluster, 4.4 or later. Missing collections
 * are created. The client remains the caller's: close it after the storage is closed.
 *
 * @throws EnvironmentMismatch, and as `openMongoPort` does
 */
export async function openMongo(
  client: MongoClient,
  options: MongoOptions & EnvironmentOptions,
): Promise<MongoStorage> {
  const { clock } = options
  const port = await openInEnvironment(options, () => openMongoPort(client, options))
  return withViews(port, clock ? { clock } : {})
}
