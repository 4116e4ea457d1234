import { InvalidQuery } from '../../core/errors/input.ts'
import type { ViewDocument, ViewQuery, ViewStore } from '../../core/port/view-store.ts'
import { parseFilter, parsePath } from '../../core/reading/filter.ts'
import { viewLimitOf } from '../../core/reading/query-options.ts'
import { conditionsSql, jsonPath, type Sql } from './conditions.ts'
import type { Handle } from './handle.ts'
import { toStored } from './stored-documents.ts'

type Place = { readonly rank: number; readonly value: string | number | null; readonly key: string }

type ViewRow = readonly [revision: number, document: string, key: string, rank: number]

/** `ViewStore.query`. Values of different types are in the order missing or null, booleans, numbers, strings. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const { database } = handle.documents
  return async (query) => {
    await handle.ready()
    const limit = viewLimitOf(query)
    const order = orderOf(query)
    const filter = conditionsSql(parseFilter(query.where), 'document', ['data'])
    const after = query.after === undefined ? undefined : decode(query.after, order.name)
    const rest = after === undefined ? { text: 'true', values: [] } : restSql(after, order.isDescending)
    const direction = order.isDescending ? 'DESC' : 'ASC'
    const sql = `
      SELECT revision, document, key, rank FROM (
        SELECT revision, document, key, ${order.columns.text} FROM views
        WHERE projection = ? AND version = ? AND NOT gone${filter.text}
      ) WHERE ${rest.text} ORDER BY rank ${direction}, value ${direction}, key LIMIT ?`
    const rows = database.read(() =>
      database.all<ViewRow>(
        sql,
        ...order.columns.values,
        query.projection,
        query.version,
        ...filter.values,
        ...rest.values,
        limit + 1,
      ),
    )
    const page = rows.slice(0, limit)
    const views = page.map(([revision, document, key]) => toStored<ViewDocument>([revision, document], key))
    const [lastRow, lastView] = [page.at(-1), views.at(-1)]
    if (rows.length <= limit || lastRow === undefined || lastView === undefined) return { views }
    const [, , key, rank] = lastRow
    // Taken from the document: Node 22 would cut a text at its first NUL.
    const value = rank === 0 ? null : sortable(valueAt(lastView.document.data, order.path))
    return { views, next: encode({ key, rank, value }, order.name) }
  }
}

type Order = {
  /** Stands in page tokens, so that none is used with another order. */
  readonly name: string
  readonly isDescending: boolean
  readonly path: readonly string[]
  /** What is sorted by, as the columns rank and value. */
  readonly columns: Sql
}

function orderOf({ orderBy }: ViewQuery): Order {
  if (orderBy === undefined)
    return { name: 'key', isDescending: false, path: [], columns: { text: '0 AS rank, NULL AS value', values: [] } }
  const { field, direction = 'ascending' } = orderBy
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new InvalidQuery(`${JSON.stringify(direction)} is not one of ascending, descending`)
  }
  const names = parsePath(field)
  const path = jsonPath(['data', ...names])
  const text = `
    CASE json_type(document, ?)
      WHEN 'true' THEN 1 WHEN 'false' THEN 1 WHEN 'integer' THEN 2 WHEN 'real' THEN 2 WHEN 'text' THEN 3 ELSE 0
    END AS rank,
    CASE json_type(document, ?)
      WHEN 'object' THEN NULL WHEN 'array' THEN NULL WHEN 'text' THEN json_extract(document, ?)
      ELSE CAST(json_extract(document, ?) AS REAL)
    END AS value`
  return {
    name: `${direction}:${field}`,
    isDescending: direction === 'descending',
    path: names,
    columns: { text, values: [path, path, path, path] },
  }
}

function restSql({ rank, value, key }: Place, isDescending: boolean): Sql {
  const past = isDescending ? '<' : '>'
  const text = `(rank ${past} ? OR (rank = ? AND (value ${past} ? OR (value IS ? AND key > ?))))`
  return { text, values: [rank, rank, value, value, key] }
}

function valueAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], data)
}

const sortable = (value: unknown): string | number => (typeof value === 'string' ? value : Number(value))

const encode = ({ rank, value, key }: Place, order: string): string =>
  Buffer.from(JSON.stringify([order, rank, value, key])).toString('base64url')

function decode(token: string, order: string): Place {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch (cause) {
    throw new InvalidQuery('This is no page token of a query', { cause })
  }
  const [of, rank, value, key] = Array.isArray(parts) ? parts : []
  const isValue = value === null || typeof value === 'string' || typeof value === 'number'
  if (of !== order || typeof rank !== 'number' || !isValue || typeof key !== 'string') {
    throw new InvalidQuery('This is no page token of this query')
  }
  return { rank, value, key }
}
