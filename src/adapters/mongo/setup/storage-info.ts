import { randomUUID } from 'node:crypto'
import type { Collection } from 'mongodb'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { ForeignStorage, StorageTooNew } from '../../../core/errors/storage.ts'
import { kindOf } from '../client/errors.ts'

/** The properties of a storage that are fixed when it is created. */
export type StorageInfo = {
  readonly _id: 'storage'
  /** The identity of this incarnation of the log. */
  readonly incarnation: string
  readonly slots: number
  readonly schemaVersion: number
}

const MAX_SLOTS = 256

const DEFAULT_SLOTS = 8
const SCHEMA_VERSION = 1

/** The stored properties, or undefined. @throws StorageTooNew; ForeignStorage if it is something else */
export async function readInfo(collection: Collection<StorageInfo>): Promise<StorageInfo | undefined> {
  const info = await collection.findOne({ _id: 'storage' })
  if (info === null) return undefined
  if (!isInfo(info)) {
    throw new ForeignStorage(
      `${collection.namespace} contains a document that is not Tidemark's: use another database, or a prefix`,
    )
  }
  if (info.schemaVersion > SCHEMA_VERSION) {
    throw new StorageTooNew(`The storage in ${collection.dbName}`, info.schemaVersion, SCHEMA_VERSION)
  }
  return info
}

const isInfo = ({ incarnation, slots, schemaVersion }: Readonly<Record<keyof StorageInfo, unknown>>): boolean =>
  typeof incarnation === 'string' && Number.isSafeInteger(slots) && Number.isSafeInteger(schemaVersion)

/** Creates a storage, unless another process has in the meantime; returns what is then stored. */
export async function beginStorage(
  collection: Collection<StorageInfo>,
  slots: number = DEFAULT_SLOTS,
): Promise<StorageInfo> {
  const info: StorageInfo = { _id: 'storage', incarnation: randomUUID(), slots, schemaVersion: SCHEMA_VERSION }
  try {
    await collection.insertOne(info)
    return info
  } catch (error) {
    if (kindOf(error) !== 'duplicate') throw error
    return (await readInfo(collection)) ?? info
  }
}

/** @throws InvalidConfiguration for a number of slots that is invalid, or not the storage's */
export function assertSlots(slots: number | undefined, info?: StorageInfo): void {
  if (slots === undefined) return
  if (!(Number.isSafeInteger(slots) && slots >= 1 && slots <= MAX_SLOTS)) {
    throw new InvalidConfiguration('slots', `must be a whole number from 1 to ${MAX_SLOTS}`)
  }
  if (info !== undefined && info.slots !== slots) {
    throw new InvalidConfiguration('slots', `the storage was created with ${info.slots} slots, not ${slots}`)
  }
}
