import { orderedValueAt, viewSelectionOf } from '../../core/adapters/view-selection.ts'
import type { ViewCount, ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { type Condition, parseFilter } from '../../core/reading/filter.ts'
import { conditionsSql, type Fields, fieldSql, type Sql } from './conditions.ts'
import type { Handle } from './handle.ts'
import { isIndexed, shownViewsSql, VIEW_FIELDS } from './schema/view-indexes.ts'
import type { Database } from './sqlite/database.ts'
import { toStored } from './stored-documents.ts'
import { stepsOf } from './view-query/steps.ts'

type ViewRow = readonly [revision: number, document: string, key: string]

/** `ViewStore.query`. Values of different types are in the order missing or null, booleans, numbers, strings. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const { database } = handle.documents
  return async (query) => {
    await handle.ready()
    const selection = viewSelectionOf(query)
    const { conditions, limit, path, next } = selection
    const fields = fieldsOf(query)
    const filter = conditionsSql(conditions, fields)
    const rows = database.read(() => {
      const found: ViewRow[] = []
      for (const { where, orderBy } of stepsOf(selection, fields, isIndexed(database, query, path))) {
        const sql = `
          SELECT revision, document, key FROM views
          WHERE ${fields.within.text}${filter.text} AND ${where.text} ORDER BY ${orderBy} LIMIT ?`
        const values = [...fields.within.values, ...filter.values, ...where.values, limit + 1 - found.length]
        found.push(...database.all<ViewRow>(sql, ...values))
        if (found.length > limit) break
      }
      return found
    })
    const page = rows.slice(0, limit)
    const views = page.map(([revision, document, key]) => toStored<ViewDocument>([revision, document], key))
    const last = views.at(-1)?.document
    if (rows.length <= limit || last === undefined) return { views }
    // Taken from the document: Node 22 would cut a text at its first NUL.
    return { views, next: next({ value: orderedValueAt(last.data, path), key: last.key, part: 0 }) }
  }
}

/** `ViewStore.count`. */
export function viewCounter(handle: Handle): ViewStore['count'] {
  const { database } = handle.documents
  return async (query) => {
    await handle.ready()
    const conditions = parseFilter(query.where)
    const fields = fieldsOf(query)
    const filter = conditionsSql(conditions, fields)
    return database.read(() => {
      const hint = countHint(database, query, conditions)
      const sql = `SELECT count(*) FROM views WHERE ${fields.within.text}${filter.text}${hint}`
      return database.get<[number]>(sql, ...fields.within.values, ...filter.values)?.[0] ?? 0
    })
  }
}

/** Where the fields of the views of a projection version are, as far as readers see them. */
const fieldsOf = (of: ViewCount): Fields & { readonly within: Sql } => ({
  ...VIEW_FIELDS,
  within: shownViewsSql(of),
})

// What differs from a value is most of an index, of which SQLite would not think by itself. For a count, that is still
// much less to read than the documents.
function countHint(database: Database, query: ViewCount, conditions: readonly Condition[]): string {
  for (const condition of conditions) {
    if (condition.operator === 'ne' && isIndexed(database, query, condition.path)) {
      return ` AND ${fieldSql(VIEW_FIELDS, condition.path).rank} >= 0`
    }
  }
  return ''
}
