import { BSON } from 'mongodb'
import { ViewTooLarge } from '../../core/errors/view.ts'
import { type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { MOST_BSON } from './client/limits.ts'
import { type StoredRecord, toRecord, toStored } from './client/stored-record.ts'
import type { Handle } from './handle.ts'
import { dropViewIndexes, makeViewIndexes } from './setup/view-indexes.ts'
import { removeRecord, saveRecord } from './stored-documents.ts'
import { viewCounter, viewQuerier } from './view-query.ts'
import { findMany, revisionsOf } from './views/find-views.ts'
import { asRefused } from './views/view-refused.ts'

// Views removed by one command, which limits how long it takes.
const CHUNK = 500

// If a view had to be stored as text, the mark is in that.
const MARK = { etag: 1, key: 1, parked: 1, json: 1 } as const

// No JSON of fewer bytes produces a document of more than MOST_BSON, even with a text beside it.
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
      const records = await findMany(handle, projection, version, keys)
      return new Map(
        records.map((record) => {
          const stored = toStored<ViewDocument>(record)
          return [stored.document.key, stored]
        }),
      )
    },
    async getParked(projection, version, keys) {
      handle.assertOpen()
      for (const key of keys) assertViewKey(key)
      const records = await findMany(handle, projection, version, keys, MARK)
      return new Map(
        records.flatMap((record) => {
          const { key, parked } = toStored<ViewDocument>(record).document
          return parked ? [[key, parked] as const] : []
        }),
      )
    },
    async save(document, condition) {
      handle.assertOpen()
      const { document: view, text } = prepareView(document, handle.limits)
      const record = toRecord(view)
      assertFits(view.id, text, record)
      return saveRecord(handle, views, record, condition).catch((error: unknown) => {
        throw asRefused(view.id, error)
      })
    },
    query: viewQuerier(handle),
    count: viewCounter(handle),
    async index(projection, version, paths) {
      handle.assertOpen()
      await makeViewIndexes(handle, projection, version, paths)
    },
    async remove(ref, etag) {
      handle.assertOpen()
      assertViewKey(ref.key)
      return removeRecord(handle, views, viewId(ref), etag)
    },
    async drop(projection, version) {
      handle.assertOpen()
      await dropViewIndexes(handle, projection, version)
      for (;;) {
        const found = await revisionsOf(handle, projection, version, CHUNK)
        if (found.length === 0) return
        // Only views that were seen: an attempt that timed out may arrive when the same views have been rebuilt.
        const filter = { _id: { $in: found.map(({ _id }) => _id) }, etag: { $in: found.map(({ etag }) => etag) } }
        await handle.run((attempt) => views.deleteMany(filter, { ...attempt }))
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
