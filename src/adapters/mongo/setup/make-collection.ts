import type { Collection, CollectionInfo, Db } from 'mongodb'
import { ForeignStorage } from '../../../core/errors/storage.ts'
import { COLLECTION_OPTIONS } from '../client/collections.ts'
import { serverCode } from '../client/driver-error.ts'
import type { CollectionDefinition, IndexDefinition } from './definitions.ts'

const NAMESPACE_EXISTS = 48
// IndexOptionsConflict, IndexKeySpecsConflict.
const OTHER_INDEX_CODES = new Set([85, 86])

/**
 * Creates a collection with its validator and its indexes, or what is missing of them.
 *
 * @param found the existing collection
 * @throws ForeignStorage if it is a collection of another kind, or has different indexes with the same names
 */
export async function makeCollection(
  database: Db,
  name: string,
  { schema, indexes }: CollectionDefinition,
  found: CollectionInfo | undefined,
): Promise<void> {
  const validator = { $jsonSchema: schema }
  if (found === undefined) await create(database, name, validator)
  else {
    assertPlain(database, found)
    if (found.options?.validator === undefined) await database.command({ collMod: name, validator })
  }
  const collection = database.collection(name, COLLECTION_OPTIONS)
  await Promise.all(indexes.map((index) => makeIndex(collection, index)))
}

async function makeIndex(collection: Collection, { key, options }: IndexDefinition): Promise<void> {
  try {
    await collection.createIndex({ ...key }, options)
  } catch (error) {
    if (!OTHER_INDEX_CODES.has(serverCode(error) ?? 0)) throw error
    const why = `${collection.namespace} has another index instead of ${options.name}: drop it, then run setup to create that`
    throw new ForeignStorage(why, { cause: error })
  }
}

async function create(database: Db, name: string, validator: object): Promise<void> {
  try {
    await database.createCollection(name, { validator })
  } catch (error) {
    // Another process was first.
    if (serverCode(error) !== NAMESPACE_EXISTS) throw error
  }
}

// Strings are compared by code point, even if an existing collection would do otherwise.
function assertPlain({ databaseName }: Db, { name, type, options }: CollectionInfo): void {
  const isPlain = type === 'collection' && options?.collation === undefined && options?.capped !== true
  if (isPlain) return
  throw new ForeignStorage(
    `${databaseName}.${name} is not a plain collection: it is a view, is capped, or has a collation`,
  )
}
