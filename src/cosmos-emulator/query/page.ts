import type { Item } from '../engine/types.ts'
import { decodeContinuation, encodeContinuation, START } from './continuation.ts'
import { type CompiledQuery, DOCUMENT, type Frame } from './evaluate/frame.ts'
import { allRows, compareKeys, countOf } from './evaluate/rows.ts'
import type { Value } from './evaluate/values.ts'
import { compareRids } from './rid-order.ts'
import { rowsThatFit } from './row-size.ts'

/** A page of a query's rows, and where to resume if there are more. */
export type QueryPage = { readonly rows: Value[]; readonly continuation?: string }

/** What a page scanned: single documents, or an interval of the index with the query's order. */
export type Passed =
  | { readonly documents: readonly Item[] }
  /** From after one row to another, or from the beginning or to the end; rows are given by their values of ORDER BY. */
  | { readonly after: readonly Value[] | undefined; readonly to: readonly Value[] | undefined }

/** A page, and what it scanned. */
export type ScannedPage = QueryPage & { readonly passed: Passed }

/** Selects a page. */
export type PageRequest = {
  /** The maximum number of rows. */
  readonly size: number
  /** The maximum number of rows because the server ends it early; for aggregates, documents. */
  readonly limit: number
  readonly continuation: string | undefined
}

type Row = {
  readonly keys: readonly Value[]
  /** Which of the items it comes from. */
  readonly item: number
  /** Which of that item's rows it is. */
  readonly row: number
  readonly value: Value
}

const NOTHING: Passed = { documents: [] }

/** The next page of a query. */
export function nextPage(
  query: CompiledQuery,
  parameters: Frame['parameters'],
  all: readonly Item[],
  request: PageRequest,
): ScannedPage {
  const frame: Frame = { values: new Array(query.program.slots), parameters, aggregates: [] }
  const from = decodeContinuation(request.continuation ?? START)
  if (request.limit === 0 && query.readsDocuments && !query.isGrouped) {
    return { rows: [], continuation: request.continuation ?? START, passed: NOTHING }
  }
  // A query that began as a whole, with a count of rows, continues as one.
  const isPart = from.after !== undefined || (from.rows === 0 && request.limit < all.length)
  if (query.isGrouped && isPart && isSplittable(query)) {
    return partOfAggregate(query, frame, all, request, from)
  }
  if (!query.readsDocuments || query.isGrouped || query.distinct) {
    const rows = allRows(query, frame, (visit) => visitAll(query, frame, all, visit))
    const page = rows.slice(from.rows, from.rows + Math.min(request.size, query.distinct ? request.limit : Infinity))
    const fitting = page.slice(0, rowsThatFit(page))
    const passed = from.rows + fitting.length
    return {
      rows: fitting,
      ...(passed < rows.length && { continuation: encodeContinuation({ rows: passed }) }),
      passed: { documents: query.readsDocuments ? all : [] },
    }
  }
  return pageOfRows(query, frame, all, request, from)
}

function pageOfRows(
  query: CompiledQuery,
  frame: Frame,
  all: readonly Item[],
  { size, limit }: PageRequest,
  from: ReturnType<typeof decodeContinuation>,
): ScannedPage {
  const after = from.after && placeOf(all, from.after)
  const skipped = from.rows === 0 && after === undefined ? (countOf(query.offset, frame) ?? 0) : 0
  const most = Math.min(countOf(query.top, frame) ?? Infinity, countOf(query.limit, frame) ?? Infinity) - from.rows
  const wanted = Math.min(size, limit, most)
  // One more than is returned shows whether anything follows.
  const { found, end } = firstRows(query, frame, all, after, skipped + wanted + 1)
  const page = found.slice(skipped, skipped + wanted)
  page.length = rowsThatFit(page.map(({ value }) => value))
  const last = page.at(-1)
  const rows = page.map(({ value }) => value)
  const hasMore = found.length > skipped + rows.length
  const isEnough = rows.length >= most
  const passed: Passed =
    query.orderBy.length > 0
      ? { after: from.after?.keys, to: hasMore || isEnough ? last?.keys : undefined }
      : { documents: all.slice(Math.ceil(after?.item ?? 0), end) }
  if (last === undefined || !hasMore || isEnough) return { rows, passed }
  const next = { rid: (all[last.item] as Item)._rid, row: last.row, keys: last.keys }
  return { rows, continuation: encodeContinuation({ rows: from.rows + rows.length, after: next }), passed }
}

/**
 * Whether aggregates of this query may be returned in parts, each over some of the documents, which the client
 * combines.
 */
function isSplittable({ distinct, top, offset, groupBy, documentIsOnlySource }: CompiledQuery): boolean {
  return documentIsOnlySource && groupBy.length === 0 && !distinct && top === undefined && offset === undefined
}

/**
 * The aggregates over the next documents, no more than the limit, but at least one: the SDK mistakes an empty page for
 * the end of an aggregate.
 */
function partOfAggregate(
  query: CompiledQuery,
  frame: Frame,
  all: readonly Item[],
  { limit }: PageRequest,
  from: ReturnType<typeof decodeContinuation>,
): ScannedPage {
  const begin = from.after === undefined ? 0 : Math.floor(placeOf(all, from.after).item) + 1
  const documents = all.slice(begin, begin + Math.max(1, limit))
  const rows = allRows(query, frame, (visit) => visitAll(query, frame, documents, visit))
  const last = documents.at(-1)
  if (last === undefined || begin + documents.length >= all.length) return { rows, passed: { documents } }
  const after = { rid: last._rid, row: 0, keys: [] }
  return { rows, continuation: encodeContinuation({ rows: from.rows + rows.length, after }), passed: { documents } }
}

function visitAll(query: CompiledQuery, frame: Frame, items: readonly Item[], visit: (frame: Frame) => boolean): void {
  if (!query.readsDocuments) query.each(frame, visit)
  else {
    for (const item of items) {
      frame.values[DOCUMENT] = item
      if (!query.each(frame, visit)) return
    }
  }
}

type Place = Omit<Row, 'value'>

// A document that was deleted since leaves its place between two others.
function placeOf(items: readonly Item[], after: { rid: string; row: number; keys: readonly Value[] }): Place {
  const exact = items.findIndex(({ _rid }) => _rid === after.rid)
  const item = exact >= 0 ? exact : items.filter(({ _rid }) => compareRids(_rid, after.rid) < 0).length - 0.5
  return { keys: after.keys, item, row: after.row }
}

/** The first `count` rows after a place, in order, and the first item that was not scanned for them. */
function firstRows(
  query: CompiledQuery,
  frame: Frame,
  items: readonly Item[],
  after: Place | undefined,
  count: number,
): { readonly found: Row[]; readonly end: number } {
  const { orderBy, select } = query
  const isOrdered = orderBy.length > 0
  // Rows that tie are in the order of their documents, reversed as soon as one sort descends, which the SDK relies on.
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
    if (!isOrdered && found.length >= count) return { found, end: i }
    // Sorting a full buffer now and then keeps a page of few rows cheap however many there are.
    if (isOrdered && found.length >= 2 * count + 100) cut()
  }
  if (isOrdered) cut()
  return { found, end: items.length }
}
