import type { JsonObject } from '../../core/json/json.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { parsePath } from '../../core/reading/field-path.ts'
import { assertViewKey } from '../../core/view-key.ts'
import type { Handle } from './handle.ts'
import { assertIndexable } from './schema/view-indexes.ts'
import type { Database } from './sqlite/database.ts'
import { parseStored, replacesOf, revisionOf, type StoredRow, saveResult, toStored } from './stored-documents.ts'
import { viewCounter, viewQuerier } from './view-query.ts'

// Views removed at once, which limits how long other saves wait.
const CHUNK = 250

// The number of keys in a statement, and characters of text after which it stops and yields to the event loop.
const MANY = 250
const MUCH = 4 * 1024 * 1024

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { database, writer, watch, scrubber } = handle.documents
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
      for (let at = 0; at < keys.length; ) {
        await handle.ready()
        const some = keys.slice(at, at + MANY)
        at += database.read(() => readMany(database, { projection, version }, some, found))
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
      const marks = handle.marks.ofView(view)
      return saveResult(
        await writer.submit(['view', projection, version, key, replaces, gone, text, marks], text.length),
      )
    },
    query: viewQuerier(handle),
    count: viewCounter(handle),
    async index(projection, version, fields) {
      handle.assertOpen()
      const paths = fields.map(parsePath)
      assertIndexable({ projection, version })
      await writer.submit(['index', projection, version, paths])
    },
    async remove({ projection, version, key }, etag) {
      handle.assertOpen()
      assertViewKey(key)
      const answer = await writer.submit(['removeView', projection, version, key, revisionOf(etag)])
      return answer[0] === 'done'
    },
    async drop(projection, version) {
      for (;;) {
        handle.assertOpen()
        const answer = await writer.submit(['drop', projection, version, CHUNK])
        if (answer[0] === 'done' && answer[1]) return scrubber.scrub()
      }
    },
    async scrub() {
      handle.assertOpen()
      await scrubber.scrub()
    },
    async changed(signal) {
      handle.assertOpen()
      await watch.changed(signal)
    },
  }
}

/** Reads the views of some keys, up to a limit. @returns how many of the keys were read, at least 1 */
function readMany(
  database: Database,
  { projection, version }: Pick<ViewRef, 'projection' | 'version'>,
  keys: readonly string[],
  found: Map<string, Stored<ViewDocument>>,
): number {
  const sql = `
    SELECT wanted.key, views.key, revision, document FROM (SELECT key, value FROM json_each(?)) AS wanted
    CROSS JOIN views ON projection = ? AND version = ? AND views.key = wanted.value`
  const rows = database.statement(sql).iterate(JSON.stringify(keys), projection, version)
  let characters = 0
  for (const row of rows as Iterable<unknown> as Iterable<readonly [number, string, number, string]>) {
    const [index, key, revision, document] = row
    found.set(key, toStored([revision, document], viewId({ projection, version, key })))
    characters += document.length
    if (characters > MUCH) return index + 1
  }
  return keys.length
}
