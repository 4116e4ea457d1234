import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openRawLog } from './raw-log.ts'

// Saves of one durable transaction.
const GROUP = 512

type Stored = { readonly json: string; readonly etag: number }

/**
 * The loop that somebody writes with `node:sqlite` alone: reads the log in pages, parses each event, groups a page's
 * events by view, reads each view, folds, and saves it where nobody else did, in durable transactions of 512 saves.
 *
 * @param folder where the log lies, and a file for the views is made
 * @param name of that file
 * @returns how many events were folded
 */
export function foldByHand<Data, View>(
  folder: string,
  name: string,
  page: number,
  keyOf: (data: Data) => string,
  fold: (view: View | undefined, data: Data) => View,
): number {
  using log = openRawLog(folder)
  using views = new DatabaseSync(join(folder, name))
  views.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  views.exec('CREATE TABLE view (id TEXT PRIMARY KEY, json TEXT NOT NULL, etag INTEGER NOT NULL) WITHOUT ROWID')
  const read = views.prepare('SELECT json, etag FROM view WHERE id = ?')
  const insert = views.prepare('INSERT INTO view (id, json, etag) VALUES (?, ?, 1) ON CONFLICT DO NOTHING')
  const update = views.prepare('UPDATE view SET json = ?, etag = etag + 1 WHERE id = ? AND etag = ?')
  let folded = 0
  for (let after = 0; ; ) {
    const events = log.readPage(after, page)
    const last = events.at(-1)
    if (last === undefined) return folded
    after = last.pos
    folded += events.length
    const byKey = [...Map.groupBy(events, ({ data }) => keyOf(data as Data))]
    for (let from = 0; from < byKey.length; from += GROUP) {
      views.exec('BEGIN IMMEDIATE')
      for (const [key, group] of byKey.slice(from, from + GROUP)) {
        const stored = read.get(key) as Stored | undefined
        let view = stored && (JSON.parse(stored.json) as View)
        for (const { data } of group) view = fold(view, data as Data)
        const json = JSON.stringify(view)
        const { changes } = stored ? update.run(json, key, stored.etag) : insert.run(key, json)
        if (changes !== 1) throw new Error(`View ${key} was saved by somebody else`)
      }
      views.exec('COMMIT')
    }
  }
}
