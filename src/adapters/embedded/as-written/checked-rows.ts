import { lastOf, type TakeRows } from '../query/open-page.ts'
import type { Database } from '../sqlite/database.ts'
import { type CheckedSlot, rowChecker } from './row-checker.ts'
import { CHECKED_ROWS, type CheckedRow } from './rows.ts'

/**
 * Reads rows with what is wrong with them.
 *
 * @param from the position after which the first row is read
 * @param longestAppend the maximum number of events in an append
 */
export function checkedRows(log: Database, slot: CheckedSlot, from: number, longestAppend: number): TakeRows {
  const check = rowChecker(log, slot, from)
  return (page, after, to, count) => {
    const rows = log.all<CheckedRow>(CHECKED_ROWS, after, to, count)
    for (const row of rows) {
      page.bytes += row[13]
      const event = check(row)
      if (event === undefined) continue
      page.events.push(event)
      // A continuation names an event with which the next read compares the log: one that is found there.
      if (event.fault === undefined) page.last = lastOf(event.event.stream.id, row[0], row[3])
    }
    const row = rows.at(-1)
    if (row === undefined) return to
    // A tampered row may say that any number of events follow.
    page.open = row[6] + Math.min(row[7] ?? 0, longestAppend)
    return rows.length < count ? to : row[6]
  }
}
