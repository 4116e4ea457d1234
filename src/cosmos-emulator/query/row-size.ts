import type { Value } from './evaluate/values.ts'

/**
 * The most that a page of rows may weigh, in bytes: the service ends a page before it grows past this, so that a page
 * may hold fewer rows than were asked for.
 *
 * @see https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-request-limits
 */
const MOST_BYTES = 4 * 1024 * 1024

// Documents never change, so each needs to be measured once.
const known = new WeakMap<object, number>()

/** How many of these rows fit on a page: at least one, if there is one. */
export function rowsThatFit(rows: readonly Value[]): number {
  let bytes = 0
  const over = rows.findIndex((row) => {
    bytes += sizeOf(row)
    return bytes > MOST_BYTES
  })
  return over < 0 ? rows.length : Math.max(1, over)
}

/** The size of a row or document as JSON, in bytes. */
export function sizeOf(row: Value): number {
  if (typeof row !== 'object' || row === null) return JSON.stringify(row ?? null).length
  let size = known.get(row)
  if (size === undefined) {
    size = Buffer.byteLength(JSON.stringify(row))
    known.set(row, size)
  }
  return size
}
