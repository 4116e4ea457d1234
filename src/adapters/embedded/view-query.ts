import { orderedValueAt, type ViewSelection, viewSelectionOf } from '../../core/adapters/view-selection.ts'
import type { ViewDocument, ViewRef, ViewStore } from '../../core/port/view-store.ts'
import { parseFilter } from '../../core/reading/filter.ts'
import { conditionsSql, type Fields, fieldSql, rankOf, type Sql } from './conditions.ts'
import type { Handle } from './handle.ts'
import { toStored } from './stored-documents.ts'

type ViewRow = readonly [revision: number, document: string, key: string]

/** `ViewStore.query`. Values of different types are in the order missing or null, booleans, numbers, strings. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const { database } = handle.documents
  return async (query) => {
    await handle.ready()
    const selection = viewSelectionOf(query)
    const { limit, path, next } = selection
    const fields = fieldsOf(query)
    const filter = conditionsSql(selection.conditions, fields)
    const rest = restSql(selection, fields)
    const sql = `
      SELECT revision, document, key FROM views
      WHERE ${fields.within.text}${filter.text} AND ${rest.text} ORDER BY ${orderSql(selection, fields)} LIMIT ?`
    const values = [...fields.within.values, ...filter.values, ...rest.values, limit + 1]
    const rows = database.read(() => database.all<ViewRow>(sql, ...values))
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
    const fields = fieldsOf(query)
    const filter = conditionsSql(parseFilter(query.where), fields)
    const sql = `SELECT count(*) FROM views WHERE ${fields.within.text}${filter.text}`
    return database.readOne<[number]>(sql, ...fields.within.values, ...filter.values)?.[0] ?? 0
  }
}

/** Where the fields of the views of a projection version are, as far as readers see them. */
const fieldsOf = ({ projection, version }: Omit<ViewRef, 'key'>): Fields & { readonly within: Sql } => ({
  column: 'document',
  root: ['data'],
  within: { text: 'projection = ? AND version = ? AND NOT gone', values: [projection, version] },
})

function orderSql({ path, isDescending }: ViewSelection, fields: Fields): string {
  if (path.length === 0) return 'key'
  const { rank, value } = fieldSql(fields, path)
  const direction = isDescending ? 'DESC' : 'ASC'
  return `${rank} ${direction}, ${value} ${direction}, key`
}

/** What lies behind the page before. */
function restSql({ path, isDescending, after }: ViewSelection, fields: Fields): Sql {
  if (after === undefined) return { text: 'true', values: [] }
  if (path.length === 0) return { text: 'key > ?', values: [after.key] }
  const field = fieldSql(fields, path)
  const past = isDescending ? '<' : '>'
  const [rank, value] = [rankOf(after.value), Number(after.value)]
  const at = typeof after.value === 'string' ? after.value : value
  return {
    text: `(${field.rank} ${past} ? OR (${field.rank} = ? AND (${field.value} ${past} ? OR (${field.value} = ? AND key > ?))))`,
    values: [rank, rank, at, at, after.key],
  }
}
