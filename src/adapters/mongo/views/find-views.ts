import type { Document } from 'mongodb'
import { viewId } from '../../../core/port/view-store.ts'
import type { StoredRecord } from '../client/stored-record.ts'
import type { Handle } from '../handle.ts'

// Keys in one query: their ids take up part of the maximum size of a command.
const MANY = 10_000

/** Reads the views of some keys, or some fields of them. */
export async function findMany(
  { run, collections: { views } }: Handle,
  name: string,
  version: number,
  keys: readonly string[],
  projection?: Document,
): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  for (let i = 0; i < keys.length; i += MANY) {
    const ids = keys.slice(i, i + MANY).map((key) => viewId({ projection: name, version, key }))
    const how = { batchSize: MANY, ...(projection && { projection }) }
    for (const one of await run((attempt) => views.find({ _id: { $in: ids } }, { ...attempt, ...how }).toArray())) {
      found.push(one)
    }
  }
  return found
}

/** Some views of a projection version, with their revisions only. */
export function revisionsOf(
  { run, collections: { views } }: Handle,
  name: string,
  version: number,
  most: number,
): Promise<Pick<StoredRecord, '_id' | 'etag'>[]> {
  const filter = { projection: { $eq: name }, version: { $eq: version } }
  const how = { projection: { _id: 1, etag: 1 }, limit: most, batchSize: most }
  return run((attempt) => views.find(filter, { ...attempt, ...how }).toArray())
}
