import type { Collection, CollectionInfo, Db } from 'mongodb'
import { ForeignStorage, StorageNotSetUp } from '../../../core/errors/storage.ts'
import { COLLECTION_OPTIONS, type Collections } from '../client/collections.ts'
import { kindOf } from '../client/errors.ts'
import { DEFINITIONS, STORAGE } from './definitions.ts'
import { makeCollection } from './make-collection.ts'
import { assertSlots, beginStorage, readInfo, type StorageInfo } from './storage-info.ts'

/** What to set up. */
export type Place = {
  readonly database: Db
  readonly collections: Collections
  /** The prefix of all collections. */
  readonly prefix: string
  /**
   * How many slots a new storage gets, and an existing one must have; undefined: the default, or the existing number.
   */
  readonly slots: number | undefined
}

type Found = ReadonlyMap<string, CollectionInfo>

const NAMES = Object.keys(DEFINITIONS) as readonly (keyof Collections)[]

/**
 * Creates what is missing of a storage. Any number of processes may do so at once, and again after an interruption.
 * Existing empty collections are used, so they may be sharded beforehand.
 *
 * @throws ForeignStorage if the collections contain something else; InvalidConfiguration for another number of slots;
 *   StorageTooNew
 */
export async function setUp(place: Place): Promise<StorageInfo> {
  const { database, collections, slots } = place
  const storage = infoCollection(place)
  const found = await listCollections(place)
  let info = await readInfo(storage)
  if (info === undefined) {
    await assertNothingElse(place, found)
    await makeCollection(database, storage.collectionName, STORAGE, found.get(storage.collectionName))
    info = await beginStorage(storage, slots)
  }
  assertSlots(slots, info)
  await Promise.all(
    NAMES.map((name) => {
      const { collectionName } = collections[name]
      return makeCollection(database, collectionName, DEFINITIONS[name], found.get(collectionName))
    }),
  )
  await makeSlots(collections, info.slots)
  return info
}

/** The properties of a storage that must exist. @throws StorageNotSetUp, InvalidConfiguration, StorageTooNew */
export async function findSetUp(place: Place): Promise<StorageInfo> {
  const found = await listCollections(place)
  const info = await readInfo(infoCollection(place))
  const missing = NAMES.map((name) => place.collections[name].collectionName).filter((name) => !found.has(name))
  if (info === undefined || missing.length > 0) {
    const what = info === undefined ? 'no storage' : `no collection ${missing.join(', ')}`
    throw new StorageNotSetUp(`There is ${what} in the database ${place.database.databaseName}: run setup first`)
  }
  assertSlots(place.slots, info)
  return info
}

/** The collection with the fixed properties of a storage. */
export const infoCollection = ({ database, prefix }: Pick<Place, 'database' | 'prefix'>): Collection<StorageInfo> =>
  database.collection<StorageInfo>(`${prefix}storage`, COLLECTION_OPTIONS)

async function listCollections({ database, collections, prefix }: Place): Promise<Found> {
  const names = [`${prefix}storage`, ...NAMES.map((name) => collections[name].collectionName)]
  const found = await database.listCollections({ name: { $in: names } }).toArray()
  return new Map(found.map((info) => [info.name, info]))
}

async function assertNothingElse(place: Place, found: Found): Promise<void> {
  for (const name of found.keys()) {
    const something = await place.database.collection(name, COLLECTION_OPTIONS).findOne({}, { projection: { _id: 1 } })
    if (something === null) continue
    // Another process may have created the storage since it was looked for.
    if ((await readInfo(infoCollection(place))) !== undefined) return
    const where = `${place.database.databaseName}.${name}`
    throw new ForeignStorage(`${where} contains documents that are not Tidemark's: use another database, or a prefix`)
  }
}

async function makeSlots({ slots }: Collections, count: number): Promise<void> {
  const there = new Set((await slots.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))
  const missing = Array.from({ length: count }, (_, slot) => slot).filter((slot) => !there.has(slot))
  if (missing.length === 0) return
  try {
    await slots.insertMany(
      missing.map((slot) => ({ _id: slot, counter: 0 })),
      { ordered: false },
    )
  } catch (error) {
    // Another process has created some of them; all of them were tried.
    if (kindOf(error) !== 'duplicate') throw error
  }
}
