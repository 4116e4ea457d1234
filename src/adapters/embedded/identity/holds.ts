import type { LastEvent } from '../../../core/adapters/continuation.ts'
import { LogDiverged, TidemarkAheadOfLog } from '../../../core/errors/feed.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import { eventMark } from '../../../core/positions/log-identity.ts'
import { SLOT_SIZE } from '../schema/events.ts'
import type { Database } from '../sqlite/database.ts'
import { fromText } from '../sqlite/text.ts'

// Whether the log contains the events that something was derived from. Call it inside a read transaction of the log.

/** The last LSN of a slot, 0 if it is empty. */
export function headOf(log: Database, slot: number): number {
  const sql = 'SELECT max(pos) FROM events WHERE pos > ? AND pos < ?'
  const pos = log.get<[number | null]>(sql, slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE)?.[0]
  return pos ? pos % SLOT_SIZE : 0
}

/**
 * @param derived a description of what was derived from the event
 * @throws LogDiverged if the event is no longer in the log and was not erased
 */
export function assertHoldsEvent(log: Database, derived: string, last: LastEvent | null): void {
  if (last === null) return
  const sql = `
    SELECT deleted, event_id FROM streams LEFT JOIN events ON stream = streams.id AND version = ? AND type <> '${HUSK}'
    WHERE name = ?`
  const row = log.get<[deleted: number, eventId: string | null]>(sql, last.version, last.streamId)
  const isErased = row?.[0] === 1 && row[1] === null
  if (isErased || (row?.[1] && fromText(row[1]) === last.eventId)) return
  throw new LogDiverged(derived, eventReference(last.streamId, last.version))
}

/** A position in a slot up to which something was derived. */
export type DerivedLsn = {
  readonly slot: number
  readonly lsn: number
  /** The mark of the event there, if it is known. */
  readonly mark: string | null
}

/**
 * @param derived a description of what was derived from the position
 * @throws TidemarkAheadOfLog if the log ends before it; LogDiverged if a different event is there
 */
export function assertHoldsPlace(log: Database, derived: string, { slot, lsn, mark }: DerivedLsn): void {
  const head = headOf(log, slot)
  if (lsn > head) throw new TidemarkAheadOfLog(derived, lsn, head)
  if (mark === null) return
  const sql = `SELECT event_id FROM events WHERE pos = ? AND type <> '${HUSK}'`
  const row = log.get<[string]>(sql, slot * SLOT_SIZE + lsn)
  // Erased events cannot be compared.
  if (row !== undefined && eventMark(fromText(row[0])) !== mark) throw new LogDiverged(derived, `with LSN ${lsn}`)
}
