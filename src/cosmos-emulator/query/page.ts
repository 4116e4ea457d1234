import type { Item } from '../engine/types.ts'
import { decodeContinuation, encodeContinuation } from './continuation.ts'
import { type CompiledQuery, DOCUMENT, type Frame } from './evaluate/frame.ts'
import { allRows, compareKeys, countOf } from './evaluate/rows.ts'
import type { Value } from './evaluate/values.ts'
import { compareRids } from './rid-order.ts'
import { rowsThatFit } from './row-size.ts'

/** A page of a query's rows, and where to go on when there are more. */
export type QueryPage = { readonly rows: Value[]; readonly continuation?: string }

type Row = {
  readonly keys: readonly Value[]
  /** Which of the items it comes from. */
  readonly item: number
  /** Which of that item's rows it is. */
  readonly row: number
  readonly value: Value
}

/** The next page of at most `size` rows. */
export function nextPage(
  query: CompiledQuery,
  parameters: Frame['parameters'],
  items: Iterable<Item>,
  size: number,
  continuation: string | undefined,
): QueryPage {
  const frame: Frame = { values: new Array(query.program.slots), parameters, aggregates: [] }
  const from = continuation === undefined ? { rows: 0 } : decodeContinuation(continuation)
  if (!query.readsDocuments || query.isGrouped || query.distinct) {
    const rows = allRows(query, frame, (visit) => visitAll(query, frame, items, visit))
    const page = rows.slice(from.rows, from.rows + size)
    const fitting = page.slice(0, rowsThatFit(page))
    return pageOf(fitting, from.rows + fitting.length, rows.length)
  }
  const all = Array.isArray(items) ? (items as Item[]) : [...items]
  const skipped = continuation === undefined ? (countOf(query.offset, frame) ?? 0) : 0
  const most = Math.min(countOf(query.top, frame) ?? Infinity, countOf(query.limit, frame) ?? Infinity) - from.rows
  const wanted = Math.min(size, most)
  // One more than is answered tells whether anything follows.
  const found = firstRows(query, frame, all, from.after && placeOf(all, from.after), skipped + wanted + 1)
  const page = found.slice(skipped, skipped + wanted)
  page.length = rowsThatFit(page.map(({ value }) => value))
  const last = page.at(-1)
  const rows = page.map(({ value }) => value)
  if (last === undefined || found.length <= skipped + rows.length || rows.length >= most) return { rows }
  const after = { rid: (all[last.item] as Item)._rid, row: last.row, keys: last.keys }
  return { rows, continuation: encodeContinuation({ rows: from.rows + rows.length, after }) }
}

function pageOf(rows: Value[], passed: number, total: number): QueryPage {
  return passed < total ? { rows, continuation: encodeContinuation({ rows: passed }) } : { rows }
}

function visitAll(query: CompiledQuery, frame: Frame, items: Iterable<Item>, visit: (frame: Frame) => boolean): void {
  if (!query.readsDocuments) query.each(frame, visit)
  else {
    for (const item of items) {
      frame.values[DOCUMENT] = item
      if (!query.each(frame, visit)) return
    }
  }
}

type Place = Omit<Row, 'value'>

// A document that is gone since leaves its place between two others.
function placeOf(items: readonly Item[], after: { rid: string; row: number; keys: readonly Value[] }): Place {
  const exact = items.findIndex(({ _rid }) => _rid === after.rid)
  const item = exact >= 0 ? exact : items.filter(({ _rid }) => compareRids(_rid, after.rid) < 0).length - 0.5
  return { keys: after.keys, item, row: after.row }
}

/** The first `count` rows behind a place, in order. */
function firstRows(
  query: CompiledQuery,
  frame: Frame,
  items: readonly Item[],
  after: Place | undefined,
  count: number,
): Row[] {
  const { orderBy, select } = query
  const isOrdered = orderBy.length > 0
  // Rows that tie stand in the order of their documents, reversed as soon as one sort descends: so the SDK takes it.
  const direction = orderBy.some(({ descending }) => descending) ? -1 : 1
  const compare = (a: Place, b: Place): number =>
    compareKeys(orderBy, a.keys, b.keys) || (a.item - b.item) * direction || a.row - b.row
  const found: Row[] = []
  const cut = (): void => {
    found.sort(compare)
    if (found.length > count) found.length = count
  }
  for (let i = isOrdered || after === undefined ? 0 : Math.ceil(after.item); i < items.length; i++) {
    frame.values[DOCUMENT] = items[i]
    let rows = 0
    query.each(frame, () => {
      const row = { keys: orderBy.map(({ key }) => key(frame)), item: i, row: rows++, value: select(frame) }
      if (row.value !== undefined && (after === undefined || compare(row, after) > 0)) found.push(row)
      return isOrdered || found.length < count
    })
    if (!isOrdered && found.length >= count) break
    // Sorting a full buffer now and then keeps a page of few rows cheap however many there are.
    if (isOrdered && found.length >= 2 * count + 100) cut()
  }
  if (isOrdered) cut()
  return found
}
