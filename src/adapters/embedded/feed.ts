import type { LastEvent } from '../../core/adapters/continuation.ts'
import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import type { ChangeFeed, FeedLag, FeedPage, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { HUSK } from '../../core/port/event-document.ts'
import { containsHash, containsInterval, sameInterval } from '../../core/positions/hash-interval.ts'
import { assertFeedStart, feedLimitOf } from '../../core/reading/read-options.ts'
import { checkedRows } from './as-written/checked-rows.ts'
import { schemaFault } from './as-written/schema-fault.ts'
import { strayFault } from './as-written/stray-fault.ts'
import { decodeContinuation, encodeContinuation, type Place } from './continuation.ts'
import { DOCUMENT_COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import { assertHoldsEvent, headOf } from './identity/holds.ts'
import { lastOf, type OpenPage, type TakeRows } from './query/open-page.ts'
import { StreamNames } from './query/stream-names.ts'
import { SLOT_SIZE } from './schema/events.ts'
import { rangesOf, storedCuts } from './slots/cuts.ts'
import { SlotWatch } from './slots/slot-watch.ts'
import type { Database } from './sqlite/database.ts'

const EXACT_LAG = 10_000
const CHUNK = 250
const PAGE_BYTES = 8 * 1024 * 1024

/** The change feed: a feed range is a slot, or a part of one; a slot is a contiguous part of the table of events. */
export function changeFeed(handle: Handle): ChangeFeed {
  const { database, watch } = handle.log
  const { incarnation, limits } = handle
  const log: Log = { database, names: new StreamNames(database), incarnation, longestAppend: limits.eventsPerAppend }
  const rangesNow = rangesOf(database, handle.ranges)
  const slotOf = (range: FeedRange) => handle.ranges.findIndex((whole) => containsInterval(whole, range))
  const slots = new SlotWatch(watch, {
    headOf: (slot) => headOf(database, slot),
    cuts: () => storedCuts(database),
    atOnce: (work) => database.read(work),
  })
  const inSlot = async <T>(range: FeedRange, work: (slot: Slot) => T): Promise<T> => {
    await handle.ready()
    return database.read(() => {
      if (!rangesNow().some((there) => containsInterval(there, range))) throw new FeedRangeGone(range)
      const index = slotOf(range)
      const isPart = !sameInterval(range, handle.ranges[index] as FeedRange)
      const { length: count } = handle.ranges
      return work({ index, count, start: index * SLOT_SIZE, head: headOf(database, index), range, isPart })
    })
  }
  return {
    async ranges() {
      await handle.ready()
      return database.read(rangesNow)
    },
    async read(range, from, options = {}) {
      const limit = feedLimitOf(options)
      assertFeedStart(from)
      options.signal?.throwIfAborted()
      return inSlot(range, (slot) => readPage(log, slot, placeOf(log, slot, from), limit, options.asWritten))
    },
    async lag(range, from) {
      assertFeedStart(from)
      return inSlot(range, (slot) => lag(database, log.names, slot, placeOf(log, slot, from).lsn))
    },
    async changed(signal, range) {
      handle.assertOpen()
      const slot = range === undefined ? -1 : slotOf(range)
      await (slot < 0 ? watch.changed(signal) : slots.changed(slot, signal))
    },
  }
}

/** The log as the feed reads it. */
type Log = {
  readonly database: Database
  readonly names: StreamNames
  readonly incarnation: string
  /** The maximum number of events in an append. */
  readonly longestAppend: number
}

type Slot = {
  readonly index: number
  /** The number of slots of the folder. */
  readonly count: number
  /** The position before its first event. */
  readonly start: number
  /** The last LSN, 0 if it is empty. */
  readonly head: number
  /** The requested range, and whether it is only a part of the slot. */
  readonly range: FeedRange
  readonly isPart: boolean
}

function placeOf(log: Log, slot: Slot, from: FeedStart): Place {
  if (from === 'start') return { lsn: 0, last: null }
  if (from === 'now') return { lsn: slot.head, last: lastAt(log, slot, slot.head) }
  if (from instanceof Date) {
    const lsn = lsnBefore(log.database, slot, from.getTime())
    return { lsn, last: lastAt(log, slot, lsn) }
  }
  const place = decodeContinuation(from, slot.range, log.incarnation)
  if (place.lsn > slot.head) throw new TidemarkAheadOfLog('The continuation', place.lsn, slot.head)
  assertHoldsEvent(log.database, 'The continuation', place.last)
  return place
}

function lastAt({ database, names }: Log, { start }: Slot, lsn: number): LastEvent | null {
  const sql = `
    SELECT stream, version, event_id FROM events
    WHERE pos > ? AND pos <= ? AND type <> '${HUSK}' ORDER BY pos DESC LIMIT 1`
  const row = database.get<[number, number, string]>(sql, start, start + lsn)
  return row === undefined ? null : lastOf(names.get(row[0]).name, row[1], row[2])
}

// `latest` never decreases, so the first row at or past the time is found by binary search.
function lsnBefore(database: Database, { start, head }: Slot, time: number): number {
  const sql = 'SELECT pos, latest FROM events WHERE pos >= ? AND pos <= ? ORDER BY pos LIMIT 1'
  let [low, high] = [start + 1, start + head + 1]
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    const row = database.get<[number, number]>(sql, middle, high)
    if (row !== undefined && row[1] < time) low = row[0] + 1
    else high = middle
  }
  return low - start - 1
}

type FeedRow = readonly [...DocumentRow, pos: number, remaining: number, stream: number]

const SELECT = `
  SELECT ${DOCUMENT_COLUMNS}, pos, remaining, stream FROM events
  WHERE pos > ? AND pos <= ? AND type <> '${HUSK}' ORDER BY pos LIMIT ?`

function readPage(log: Log, slot: Slot, from: Place, limit: number, asWritten = false): FeedPage {
  const { database, incarnation } = log
  const end = slot.start + slot.head
  const page: OpenPage = { events: [], last: from.last, open: 0, bytes: 0 }
  const { events } = page
  let pos = slot.start + from.lsn
  const take = asWritten ? checkedRows(database, slot, pos, log.longestAppend) : plainRows(log, slot)
  // Once there are enough events, the rest of the last event's append is still read.
  while (events.length < limit && page.bytes < PAGE_BYTES && pos < end)
    pos = take(page, pos, end, Math.min(CHUNK, limit - events.length))
  const open = Math.min(page.open, end)
  if (open > pos) take(page, pos, open, open - pos)
  const readTo = Math.max(pos, open) - slot.start
  const behind = slot.head - readTo
  const continuation = encodeContinuation(slot.range, incarnation, { lsn: readTo, last: page.last })
  const fault = asWritten ? (schemaFault(database) ?? strayFault(database, slot.count)) : undefined
  return { events, continuation, caughtUp: behind === 0, readTo, behind, ...(fault !== undefined && { fault }) }
}

function plainRows({ database, names }: Log, slot: Slot): TakeRows {
  return (page, from, to, count) => {
    const rows = database.all<FeedRow>(SELECT, from, to, count)
    for (const row of rows) {
      const [version, , , , data, metadata, at, remaining, stream] = row
      page.bytes += data.length + metadata.length
      const { name, hash } = names.get(stream)
      if (slot.isPart && !containsHash(slot.range, hash)) continue
      page.events.push({
        event: toDocument(name, row as unknown as DocumentRow),
        position: { lsn: at - slot.start, hash, version },
        range: slot.range,
        appendId: String(at + remaining),
      })
    }
    const row = rows.at(-1)
    if (row === undefined) return to
    const [version, , , eventId, , , at, remaining, stream] = row
    // In the whole slot, even if it is in another part of it: it identifies the log as well.
    page.last = lastOf(names.get(stream).name, version, eventId)
    page.open = at + remaining
    return rows.length < count ? to : at
  }
}

function lag(database: Database, names: StreamNames, slot: Slot, from: number): FeedLag {
  const { start, head } = slot
  const rows = `FROM events WHERE pos > ? AND pos <= ? AND type <> '${HUSK}'`
  // Erased events leave gaps; far behind, they do not matter, and counting would take long.
  const isFar = head - from > EXACT_LAG
  if (slot.isPart && !isFar) return lagOfPart(database, names, slot, from)
  const first = database.get<[number]>(`SELECT recorded_at ${rows} ORDER BY pos LIMIT 1`, start + from, start + head)
  const events = isFar
    ? head - from
    : (database.get<[number]>(`SELECT count(*) ${rows}`, start + from, start + head)?.[0] ?? 0)
  return { events, oldest: first ? new Date(first[0]).toISOString() : null, head }
}

function lagOfPart(database: Database, names: StreamNames, { start, head, range }: Slot, from: number): FeedLag {
  const sql = `
    SELECT stream, count(*), recorded_at, min(pos) FROM events
    WHERE pos > ? AND pos <= ? AND type <> '${HUSK}' GROUP BY stream ORDER BY min(pos)`
  const streams = database
    .all<[number, number, number, number]>(sql, start + from, start + head)
    .filter(([stream]) => containsHash(range, names.get(stream).hash))
  const events = streams.reduce((sum, [, count]) => sum + count, 0)
  return { events, oldest: streams[0] ? new Date(streams[0][2]).toISOString() : null, head }
}
