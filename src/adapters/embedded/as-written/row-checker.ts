import { UNREADABLE, unreadableEvent } from '../../../core/adapters/unreadable-event.ts'
import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import { containsHash } from '../../../core/positions/hash-interval.ts'
import { placeOf } from '../../../core/positions/stream-slot.ts'
import { type DocumentRow, toDocument } from '../documents.ts'
import type { Database } from '../sqlite/database.ts'
import { isSqliteError } from '../sqlite/errors.ts'
import { deletionFault, placeFault } from './place-faults.ts'
import { type CheckedRow, isHusk, type Neighbour, neighbourOf, rowUpTo } from './rows.ts'
import { byteFault, huskFault, textFault } from './text-faults.ts'

/** The part of the log whose rows are read. */
export type CheckedSlot = {
  readonly index: number
  /** The number of slots of the folder. */
  readonly count: number
  /** The position before its first event. */
  readonly start: number
  readonly range: FeedRange
}

/**
 * Creates what turns rows into events, with what is wrong with them; call it with each row in order.
 *
 * @param from the position after which rows are read
 * @returns a function that returns undefined for what the feed hides, and for what is not in its range
 */
export function rowChecker(log: Database, slot: CheckedSlot, from: number): (row: CheckedRow) => FeedEvent | undefined {
  let previous: Neighbour | undefined = rowUpTo(log, slot.start, from)
  return (row) => {
    const before = previous
    previous = neighbourOf(row)
    const [version, , , , , , pos, remaining, , , name] = row
    const place = name === null ? undefined : placeOf(name, slot.count)
    const isAtHome = place?.slot === slot.index && row[11] === slot.index
    // What is in the wrong slot is in none of its parts.
    if (isAtHome && !containsHash(slot.range, place.hash)) return undefined
    const decoded = decode(log, row)
    const ofPlace = isAtHome ? placeFault(row, before, slot.start) : 'is not in the slot of its stream'
    const fault = decoded.fault ?? ofPlace
    if (isHusk(row) && fault === undefined) return undefined
    return {
      event: decoded.event,
      position: { lsn: pos - slot.start, hash: place?.hash ?? slot.range.min, version: version ?? 0 },
      range: slot.range,
      appendId: String(pos + (remaining ?? 0)),
      ...(fault !== undefined && { fault }),
    }
  }
}

function decode(log: Database, row: CheckedRow): { readonly event: EventDocument; readonly fault: string | undefined } {
  const [version, , recordedAt, , , , , , , , name, , deleted] = row
  if (name === null) return { event: unreadableEvent('', version ?? 0), fault: 'belongs to no stream' }
  try {
    const event = toDocument(name, row as unknown as DocumentRow)
    if (!(version > 0) || recordedAt === null) return { event, fault: 'has an invalid version or time' }
    const ofTexts = isHusk(row) ? huskFault(row, deleted === 1) : textFault(event, row)
    return { event, fault: ofTexts ?? byteFault(log, row) ?? deletionFault(log, row) }
  } catch (error) {
    if (isSqliteError(error)) throw error
    return { event: unreadableEvent(name, version ?? 0), fault: UNREADABLE }
  }
}
