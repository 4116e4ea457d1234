import type { EventQuery } from '../../../core/port/event-log.ts'
import { parseFilter } from '../../../core/reading/filter.ts'
import { conditionsSql, type Sql } from '../conditions.ts'
import { type DocumentRow, toDocument } from '../documents.ts'
import type { Database } from '../sqlite/database.ts'
import { toText } from '../sqlite/text.ts'

/** The constant part of a query over all its pages, as SQL. */
export type Selection = {
  /** Conditions on a row of `streams`, each preceded by AND. */
  readonly streams: Sql
  /** The same for a row of `events`. */
  readonly events: Sql
  /** The requested types as they are stored; all if undefined. */
  readonly types: readonly string[] | undefined
}

/** Parses a query. @throws InvalidQuery */
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

/** The requested types, or all existing ones, as a JSON array. Call it inside a read transaction. */
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
