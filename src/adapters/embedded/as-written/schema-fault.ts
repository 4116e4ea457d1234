import { eventsFormat } from '../schema/events.ts'
import type { Database } from '../sqlite/database.ts'
import { nodeSqlite } from '../sqlite/node-sqlite.ts'

const OBJECTS = 'SELECT type, name, tbl_name, sql FROM sqlite_schema'

let made: ReadonlySet<string> | undefined

/**
 * How the schema of the log differs from what Tidemark makes. Tables, views and indexes of others are harmless, but their
 * triggers may change what is written, and a table that was replaced by a view may show each reader something else.
 */
export function schemaFault(log: Database): string | undefined {
  const found = log.all<[type: string, ...string[]]>(OBJECTS)
  const objects = new Set(found.map((object) => JSON.stringify(object)))
  if ([...ownObjects()].some((object) => !objects.has(object))) return 'its schema was changed'
  return found.some(([type]) => type === 'trigger') ? 'it has a trigger' : undefined
}

function ownObjects(): ReadonlySet<string> {
  if (made === undefined) {
    const { DatabaseSync } = nodeSqlite()
    const empty = new DatabaseSync(':memory:')
    for (const sql of eventsFormat.migrations) empty.exec(sql)
    made = new Set(
      empty
        .prepare(OBJECTS)
        .all()
        .map((object) => JSON.stringify(Object.values(object))),
    )
    empty.close()
  }
  return made
}
