import type { JsonObject } from '../../core/json.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import type { Handle } from './handle.ts'
import { parseStored, replacesOf, type StoredRow, saveResult, toStored } from './saving.ts'
import { viewQuerier } from './view-query.ts'

// Views removed at once: a bound on how long other saves wait.
const CHUNK = 250

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { database, writer, watch } = handle.documents
  const find = (projection: string, version: number, key: string): Stored<ViewDocument> | undefined => {
    const sql = 'SELECT revision, document FROM views WHERE projection = ? AND version = ? AND key = ?'
    const row = database.readOne<StoredRow>(sql, projection, version, key)
    return row && toStored(row, viewId({ projection, version, key }))
  }
  return {
    async get({ projection, version, key }) {
      assertViewKey(key)
      await handle.ready()
      return find(projection, version, key)
    },
    async getMany(projection, version, keys) {
      for (const key of keys) assertViewKey(key)
      const found = new Map<string, Stored<ViewDocument>>()
      for (const key of keys) {
        await handle.ready()
        const view = find(projection, version, key)
        if (view !== undefined) found.set(key, view)
      }
      return found
    },
    async getParked(projection, version, keys) {
      for (const key of keys) assertViewKey(key)
      await handle.ready()
      const sql = `
        SELECT key, json_extract(document, '$.parked') FROM views
        WHERE projection = ? AND version = ? AND key IN (SELECT value FROM json_each(?))
          AND json_type(document, '$.parked') = 'object'`
      const rows = database.read(() => database.all<[string, string]>(sql, projection, version, JSON.stringify(keys)))
      return new Map(
        rows.map(([key, mark]) => [key, parseStored<JsonObject>(mark, viewId({ projection, version, key }))]),
      )
    },
    async save(document, condition) {
      handle.assertOpen()
      const { document: view, text } = prepareView(document, handle.limits)
      const { projection, version, key } = view
      const gone = view.data === null
      const replaces = replacesOf(condition)
      return saveResult(await writer.submit(['view', projection, version, key, replaces, gone, text]))
    },
    query: viewQuerier(handle),
    async drop(projection, version) {
      for (;;) {
        handle.assertOpen()
        const answer = await writer.submit(['drop', projection, version, CHUNK])
        if (answer[0] === 'done' && answer[1]) return
      }
    },
    async changed(signal) {
      handle.assertOpen()
      await watch.changed(signal)
    },
  }
}
