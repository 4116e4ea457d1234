import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Database } from '../sqlite/database.ts'
import type { CheckedRow, Neighbour } from './rows.ts'

/**
 * How the columns of a row that give its place differ from those that are written behind the row before it. Between the
 * two, rows may have been erased. That one append was made to look like two does not show.
 *
 * @param previous undefined for the first row of a slot
 * @param start the position before the first one of the slot
 */
export function placeFault(row: CheckedRow, previous: Neighbour | undefined, start: number): string | undefined {
  const [version, , recordedAt, , , , pos, remaining, stream, latest] = row
  const before = previous?.latest ?? Number.NEGATIVE_INFINITY
  const isNext = pos === (previous?.pos ?? start) + 1
  const least = Math.max(before, recordedAt)
  if (latest === null || (isNext ? latest !== least : latest < least)) return 'has another latest time than its slot'
  if (remaining === null || remaining < 0) return 'does not say how many events of its append follow'
  const isOpen = isNext && previous?.remaining !== null && previous !== undefined && previous.remaining > 0
  const follows =
    previous?.stream === stream &&
    previous?.version === version - 1 &&
    previous?.remaining === remaining + 1 &&
    previous?.recordedAt === recordedAt
  return isOpen && !follows ? 'does not belong to the append that the event before it begins' : undefined
}

/** How the mark of a row's stream as deleted does not agree with the end of the stream. */
export function deletionFault(log: Database, row: CheckedRow): string | undefined {
  const [version, type, , , , , , , stream, , , , deleted] = row
  if (deleted !== 0 && deleted !== 1) return 'has a stream with an invalid mark of deletion'
  if (deleted === 0) return type === TOMBSTONE ? 'is a tombstone of a stream that is not marked as deleted' : undefined
  const sql = 'SELECT version, type FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1'
  const [head, end] = log.get<[number, string]>(sql, stream) ?? []
  if (end !== TOMBSTONE) return 'has a stream that is marked as deleted without a tombstone at its end'
  return type === TOMBSTONE && head !== version ? 'is a tombstone with events behind it' : undefined
}
