import { HUSK } from '../../../core/port/event-document.ts'
import type { DocumentRow } from '../documents.ts'
import type { Database } from '../sqlite/database.ts'

// Node refuses to read whole numbers that are not safe, and a tampered column may contain any.
const safe = (column: string): string =>
  `iif(${column} BETWEEN -9007199254740991 AND 9007199254740991, ${column}, NULL)`

/** The rows of a part of a slot, placeholders included, with everything that is stored beside their documents. */
export const CHECKED_ROWS = `
  SELECT ${safe('version')}, type, ${safe('recorded_at')}, event_id, data, metadata,
    pos, ${safe('remaining')}, ${safe('stream')}, ${safe('latest')}, name, ${safe('slot')}, ${safe('deleted')},
    octet_length(type) + octet_length(event_id) + octet_length(data) + octet_length(metadata)
  FROM events LEFT JOIN streams ON streams.id = stream
  WHERE pos > ? AND pos <= ? ORDER BY pos LIMIT ?`

/** A row of {@link CHECKED_ROWS}; what is too large to be valid is null. */
export type CheckedRow = readonly [
  ...DocumentRow,
  pos: number,
  remaining: number | null,
  stream: number | null,
  latest: number | null,
  name: string | null,
  slot: number | null,
  deleted: number | null,
  octets: number,
]

/** What the row before another one says about it. */
export type Neighbour = {
  readonly pos: number
  readonly remaining: number | null
  readonly stream: number | null
  readonly version: number
  readonly recordedAt: number
  readonly latest: number | null
}

/** The last row up to a position that is behind the start of its slot, if there is one. */
export function rowUpTo(log: Database, start: number, pos: number): Neighbour | undefined {
  const row = log.all<CheckedRow>(`${CHECKED_ROWS.replace('ORDER BY pos', 'ORDER BY pos DESC')}`, start, pos, 1)[0]
  return row && neighbourOf(row)
}

/** What a row says about the next one. */
export const neighbourOf = (row: CheckedRow): Neighbour => ({
  pos: row[6],
  remaining: row[7],
  stream: row[8],
  version: row[0],
  recordedAt: row[2],
  latest: row[9],
})

/** Whether a row is a placeholder. */
export const isHusk = (row: CheckedRow): boolean => row[1] === HUSK
