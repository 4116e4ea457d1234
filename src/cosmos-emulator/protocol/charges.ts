import type { Change } from '../engine/stored-document.ts'

/*
 * Charges in request units, near what the service takes: the documentation's 1 RU for a point read and about 5 RU for a
 * write of 1 KB, 10 and 50 RU for 100 KB; and measurements that others published. Never to be taken as a bill.
 */

/** Anything about databases, containers, stored procedures and offers. */
export const METADATA = 1

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

/** A page of a query, or of a list. */
export function queryCharge(rows: number, bytes: number): number {
  return 2.3 + rows * 0.03 + kilobytes(bytes) * 0.1
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
