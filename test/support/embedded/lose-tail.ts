import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Takes the last events of a stream away behind the storage's back, as an older `events.db` that is put back does. */
export function loseTail(folder: string, streamId: string, from: number): void {
  const database = new DatabaseSync(join(folder, 'events.db'))
  try {
    database.exec('BEGIN IMMEDIATE')
    const stream = '(SELECT id FROM streams WHERE name = ?)'
    database.prepare(`DELETE FROM events WHERE stream = ${stream} AND version >= ?`).run(streamId, from)
    database
      .prepare('DELETE FROM streams WHERE name = ? AND NOT EXISTS (SELECT 1 FROM events WHERE stream = streams.id)')
      .run(streamId)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}
