import type { Committed } from '../engine/container.ts'
import type { Change } from '../engine/stored-document.ts'
import type { Item } from '../engine/types.ts'

/*
 * Charges in request units, near what the service takes: the documentation's 1 RU for a point read and about 5 RU for a
 * write of 1 KB, 10 and 50 RU for 100 KB; and measurements that others published. Never to be taken as a bill.
 */

/** Anything about databases, containers, stored procedures and offers. */
export const METADATA = 1

/** A query without rows. */
const QUERY = 2.3

/** A page of the change feed without changes. */
export const NOT_MODIFIED = 1

/** A point read. */
export function readCharge(bytes: number): number {
  return Math.max(1, 1 + (kilobytes(bytes) - 1) / 11)
}

/** What a transaction wrote and deleted; a replaced document also leaves the index. */
export function writeCharge(changes: readonly Change[]): number {
  return changes.reduce((sum, { before, after }) => sum + sizeCharge(before?.bytes) + sizeCharge(after?.bytes), 0)
}

/** What a stored procedure did. */
export function scriptCharge({ changes, lookUps, scans }: Omit<Committed<unknown>, 'result'>): number {
  return Math.max(METADATA, writeCharge(changes) + lookUps + scans * QUERY)
}

/** One operation of a batch, given the document that it read or wrote. */
export function operationCharge(operation: string, item: Item | undefined): number {
  const bytes = item === undefined ? 0 : Buffer.byteLength(JSON.stringify(item))
  if (operation === 'Read') return readCharge(bytes)
  const isRewrite = operation === 'Replace' || operation === 'Patch'
  return sizeCharge(bytes) * (isRewrite ? 2 : 1)
}

/** A page of a query, or of a list. */
export function queryCharge(rows: number, bytes: number): number {
  return QUERY + rows * 0.03 + kilobytes(bytes) * 0.1
}

/** A page of the change feed. */
export function feedCharge(rows: number, bytes: number): number {
  return NOT_MODIFIED + rows * 0.03 + kilobytes(bytes) * 0.1
}

function sizeCharge(bytes: number | undefined): number {
  return bytes === undefined ? 0 : Math.max(5.3, 5.3 + (kilobytes(bytes) - 1) * 0.45)
}

function kilobytes(bytes: number): number {
  return bytes / 1024
}
