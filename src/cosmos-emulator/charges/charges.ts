import type { Change } from '../engine/documents/stored-document.ts'
import type { Item } from '../engine/types.ts'
import type { IndexingPolicy } from '../query/indexing.ts'
import type { Loaded } from '../query/loaded.ts'
import { sizeOf } from '../query/row-size.ts'
import { indexedTerms } from './indexed-terms.ts'

/*
 * Charges in request units, by the figures of
 * https://learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption. They come near, and are no bill:
 * queries above all, of which the service publishes no rule.
 */

/** Anything about databases, containers, stored procedures and offers; it is not published. */
export const METADATA = 1

/** A page of the change feed without changes, as Equinox measured it. */
const NOT_MODIFIED = 1

/** A query without rows, as many have measured it. */
const QUERY = 2.3

/**
 * What a query takes for each kilobyte that it loads, by the example of a scan at
 * https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-query-performance, and for a small document at least.
 */
const LOAD = 0.0104
const LEAST_LOAD = 0.03

/** What one term in the index takes to write or to delete. */
const TERM = 0.2

const KILOBYTES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048]
const READS = [1, 1.04, 1.14, 1.33, 1.67, 2.19, 4.76, 9.95, 20.28, 40.95, 145.9, 291.8]
const WRITES = [4.95, 6.29, 6.67, 7.04, 9.52, 11.23, 22.67, 48.19, 98.29, 184.57, 625, 1250]

/** A point read. */
export function readCharge(bytes: number): number {
  return interpolated(READS, bytes)
}

/** What a transaction wrote and deleted. A replaced document is deleted and inserted, but only changed terms count. */
export function writeCharge(changes: readonly Change[], policy: IndexingPolicy): number {
  return changes.reduce((sum, { before, after }) => {
    const old = before === undefined ? new Set<string>() : indexedTerms(before.item, policy)
    const now = after === undefined ? new Set<string>() : indexedTerms(after.item, policy)
    const changed = countMissing(old, now) + countMissing(now, old)
    return sum + sizeCharge(before?.bytes) + sizeCharge(after?.bytes) + TERM * changed
  }, 0)
}

/** What a call of a stored procedure wrote or deleted: a document that was `before` and is `after`. */
export function changeCharge(before: Item | undefined, after: Item | undefined, policy: IndexingPolicy): number {
  const old = before === undefined ? new Set<string>() : indexedTerms(before, policy)
  const now = after === undefined ? new Set<string>() : indexedTerms(after, policy)
  const changed = countMissing(old, now) + countMissing(now, old)
  return sizeCharge(before && sizeOf(before)) + sizeCharge(after && sizeOf(after)) + TERM * changed
}

/** One operation of a batch, given the document that it read or wrote. */
export function operationCharge(operation: string, item: Item | undefined, policy: IndexingPolicy): number {
  const bytes = item === undefined ? 0 : sizeOf(item)
  if (operation === 'Read') return readCharge(bytes)
  if (operation === 'Replace' || operation === 'Patch') return 2 * interpolated(WRITES, bytes)
  return interpolated(WRITES, bytes) + TERM * (item === undefined ? 0 : indexedTerms(item, policy).size)
}

/**
 * A page of a query, or of a list.
 *
 * @param rows how many it holds
 * @param bytes what these weigh
 * @param loaded what was loaded to find them
 */
export function queryCharge(rows: number, bytes: number, loaded: Loaded): number {
  return QUERY + rows * 0.03 + (bytes / 1024) * 0.1 + loadCharge(loaded)
}

/** Documents that are loaded and not answered one by one. */
function loadCharge({ documents, bytes }: Loaded): number {
  return Math.max(documents * LEAST_LOAD, (bytes / 1024) * LOAD)
}

/**
 * A page of the change feed: as reading its documents one by one.
 *
 * @param passed what the feed went through besides, as it spans the physical partition
 */
export function feedCharge(sizes: readonly number[], passed: Loaded): number {
  const read = sizes.length === 0 ? NOT_MODIFIED : sizes.reduce((sum, bytes) => sum + readCharge(bytes), 0)
  return read + loadCharge(passed)
}

function sizeCharge(bytes: number | undefined): number {
  return bytes === undefined ? 0 : interpolated(WRITES, bytes)
}

function countMissing(of: ReadonlySet<string>, from: ReadonlySet<string>): number {
  return [...of].filter((term) => !from.has(term)).length
}

function interpolated(charges: readonly number[], bytes: number): number {
  const size = bytes / 1024
  const i = KILOBYTES.findIndex((kilobytes) => size <= kilobytes)
  const above = charges.at(i) ?? 0
  const below = charges[i - 1]
  const from = KILOBYTES[i - 1]
  const to = KILOBYTES[i]
  if (below === undefined || from === undefined || to === undefined) return above
  return below + ((above - below) * (size - from)) / (to - from)
}
