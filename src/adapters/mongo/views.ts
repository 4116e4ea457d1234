import { BSON } from 'mongodb'
import { ViewTooLarge } from '../../core/errors/view.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import type { Handle } from './handle.ts'
import { MOST_BSON } from './limits.ts'
import { type StoredRecord, toRecord, toStored } from './records.ts'
import { saveRecord } from './saving.ts'
import { dropViewIndexes, makeViewIndexes } from './setup/view-indexes.ts'
import { viewQuerier } from './view-query.ts'

// Views read or removed by one command: a bound on how long a command takes.
const CHUNK = 500

// No JSON of fewer bytes makes a document of more than MOST_BSON, also with a text beside it.
const ALWAYS_FITS = 1024 * 1024

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { views } = handle.collections
  return {
    async get(ref) {
      handle.assertOpen()
      assertViewKey(ref.key)
      const record = await handle.run(({ session }) => views.findOne({ _id: viewId(ref) }, { session }))
      return record === null ? undefined : toStored<ViewDocument>(record)
    },
    async getMany(projection, version, keys) {
      handle.assertOpen()
      for (const key of keys) assertViewKey(key)
      const found = new Map<string, Stored<ViewDocument>>()
      for (let i = 0; i < keys.length; i += CHUNK) {
        const ids = keys.slice(i, i + CHUNK).map((key) => viewId({ projection, version, key }))
        const filter = { _id: { $in: ids } }
        const records = await handle.run(({ session }) => views.find(filter, { session, batchSize: CHUNK }).toArray())
        for (const record of records) {
          const stored = toStored<ViewDocument>(record)
          found.set(stored.document.key, stored)
        }
      }
      return found
    },
    async save(document, condition) {
      handle.assertOpen()
      const { document: view, text } = prepareView(document, handle.limits)
      const record = toRecord(view)
      assertFits(view.id, text, record)
      return saveRecord(handle, views, record, condition)
    },
    query: viewQuerier(handle),
    async index(projection, version, paths) {
      handle.assertOpen()
      await makeViewIndexes(handle, projection, version, paths)
    },
    async drop(projection, version) {
      handle.assertOpen()
      await dropViewIndexes(handle, projection, version)
      for (;;) {
        const ids = await idsOf(handle, projection, version)
        if (ids.length === 0) return
        await handle.run(({ session }) => views.deleteMany({ _id: { $in: ids } }, { session }))
      }
    },
    async changed(signal) {
      handle.assertOpen()
      await handle.watch.changed('documents', signal)
    },
  }
}

function assertFits(id: string, text: string, record: StoredRecord): void {
  if (Buffer.byteLength(text) <= ALWAYS_FITS) return
  const stored = BSON.calculateObjectSize(record, { ignoreUndefined: true })
  if (stored > MOST_BSON) throw new ViewTooLarge(id, stored, MOST_BSON)
}

async function idsOf(handle: Handle, projection: string, version: number): Promise<string[]> {
  const { views } = handle.collections
  const filter = { projection: { $eq: projection }, version: { $eq: version } }
  const records = await handle.run(({ session }) =>
    views.find(filter, { session, projection: { _id: 1 }, limit: CHUNK, batchSize: CHUNK }).toArray(),
  )
  return records.map(({ _id }) => _id)
}
