import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Changes events in the file of an embedded storage, as an administrator could with any tool for SQLite. */
export const tamperedEvents = (folder: string) => ({
  /** Replaces a text in the stored data of one event. @throws if nothing was changed */
  change(streamId: string, version: number, text: string, by: string): void {
    const database = new DatabaseSync(join(folder, 'events.db'))
    try {
      const { changes } = database
        .prepare(
          `UPDATE events SET data = replace(data, ?, ?)
           WHERE version = ? AND stream = (SELECT id FROM streams WHERE name = ?) AND instr(data, ?) > 0`,
        )
        .run(text, by, version, streamId, text)
      if (changes !== 1) throw new Error(`${changes} events were changed`)
    } finally {
      database.close()
    }
  },
})
