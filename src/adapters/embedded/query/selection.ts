import type { EventQuery } from '../../../core/port/event-log.ts'
import { parseFilter } from '../../../core/reading/filter.ts'
import { conditionsSql, type Sql } from '../conditions.ts'
import { type DocumentRow, toDocument } from '../documents.ts'
import type { Database } from '../sqlite/database.ts'
import { toText } from '../sqlite/text.ts'

/** What of a query stays the same from page to page, as SQL. */
export type Selection = {
  /** Conditions on a row of `streams`, each with an AND in front. */
  readonly streams: Sql
  /** The same for a row of `events`. */
  readonly events: Sql
  /** The types that are asked for as they are stored; all where undefined. */
  readonly types: readonly string[] | undefined
}

/** Takes a query apart. @throws InvalidQuery */
export function selectionOf({ category, where, types }: EventQuery): Selection {
  return {
    streams: {
      text: ` AND NOT deleted${category === undefined ? '' : ` AND substr(name, 1, instr(name, ':') - 1) = ?`}`,
      values: category === undefined ? [] : [category],
    },
    events: conditionsSql(parseFilter(where), { column: 'data', root: [] }),
    types: types && [...new Set(types.map(toText))],
  }
}

/** The types that are asked for, or all that there are, as a JSON array. To be called inside a read transaction. */
export const typesOf = (database: Database, { types }: Selection): string => JSON.stringify(types ?? allTypes(database))

/** A row of an event and its stream's name. */
export type QueryRow = readonly [...DocumentRow, name: string]

export const toEvent = (row: QueryRow) => toDocument(row[6], row as unknown as DocumentRow)

// One look-up in the index for each type, however many events there are.
function allTypes(database: Database): string[] {
  const types: string[] = []
  const sql = 'SELECT min(type) FROM events WHERE type > ?'
  for (let type = ''; ; ) {
    const next = database.get<[string | null]>(sql, type)?.[0]
    if (!next) return types
    types.push(next)
    type = next
  }
}
