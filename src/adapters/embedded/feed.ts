import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import { containsHash, containsInterval, sameInterval } from '../../core/hash-interval.ts'
import type { ChangeFeed, FeedEvent, FeedLag, FeedPage, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { HUSK } from '../../core/port/event-document.ts'
import { assertFeedStart, feedLimitOf } from '../../core/read-options.ts'
import { decodeContinuation, encodeContinuation } from './continuation.ts'
import { rangesOf } from './cuts.ts'
import { DOCUMENT_COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import { SLOT_SIZE } from './schema/events.ts'
import type { Database } from './sqlite/database.ts'
import { StreamNames } from './stream-names.ts'

const EXACT_LAG = 10_000
const CHUNK = 250
const PAGE_BYTES = 8 * 1024 * 1024

/** The change feed: a feed range is a slot, or a part of one; a slot is a contiguous part of the table of events. */
export function changeFeed(handle: Handle): ChangeFeed {
  const { database, watch } = handle.log
  const names = new StreamNames(database)
  const rangesNow = rangesOf(database, handle.ranges)
  const inSlot = async <T>(range: FeedRange, work: (slot: Slot) => T): Promise<T> => {
    await handle.ready()
    return database.read(() => {
      if (!rangesNow().some((there) => containsInterval(there, range))) throw new FeedRangeGone(range)
      const index = handle.ranges.findIndex((whole) => containsInterval(whole, range))
      const isPart = !sameInterval(range, handle.ranges[index] as FeedRange)
      return work({ start: index * SLOT_SIZE, head: headOf(database, index), range, isPart })
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
      return inSlot(range, (slot) => readPage(database, names, slot, startOf(database, slot, from), limit))
    },
    async lag(range, from) {
      assertFeedStart(from)
      return inSlot(range, (slot) => lag(database, names, slot, startOf(database, slot, from)))
    },
    async changed(signal) {
      handle.assertOpen()
      await watch.changed(signal)
    },
  }
}

type Slot = {
  /** The position before its first event. */
  readonly start: number
  /** The last LSN, 0 when it is empty. */
  readonly head: number
  /** What was asked for, and whether that is only a part of the slot. */
  readonly range: FeedRange
  readonly isPart: boolean
}

function headOf(database: Database, index: number): number {
  const sql = 'SELECT max(pos) FROM events WHERE pos > ? AND pos < ?'
  const pos = database.get<[number | null]>(sql, index * SLOT_SIZE, (index + 1) * SLOT_SIZE)?.[0]
  return pos ? pos % SLOT_SIZE : 0
}

function startOf(database: Database, slot: Slot, from: FeedStart): number {
  if (from === 'start') return 0
  if (from === 'now') return slot.head
  if (from instanceof Date) return lsnBefore(database, slot, from.getTime())
  const lsn = decodeContinuation(from, slot.range)
  if (lsn > slot.head) throw new TidemarkAheadOfLog('The continuation', lsn, slot.head)
  return lsn
}

// `latest` never goes back, so the first row at or past the time is found by halving.
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

function readPage(database: Database, names: StreamNames, slot: Slot, from: number, limit: number): FeedPage {
  const end = slot.start + slot.head
  const events: FeedEvent[] = []
  let [pos, open, bytes] = [slot.start + from, 0, 0]
  // Once there are enough events, the rest of the append that the last one belongs to is still read.
  while (events.length < limit && bytes < PAGE_BYTES && pos < end)
    pos = take(end, Math.min(CHUNK, limit - events.length))
  if (open > pos) take(open, open - pos)
  const readTo = Math.max(pos, open) - slot.start
  const behind = slot.head - readTo
  return { events, continuation: encodeContinuation(slot.range, readTo), caughtUp: behind === 0, readTo, behind }

  function take(to: number, count: number): number {
    const rows = database.all<FeedRow>(SELECT, pos, to, count)
    for (const row of rows) {
      const [version, , , , data, metadata, at, remaining, stream] = row
      bytes += data.length + metadata.length
      const { name, hash } = names.get(stream)
      if (slot.isPart && !containsHash(slot.range, hash)) continue
      events.push({
        event: toDocument(name, row as unknown as DocumentRow),
        position: { lsn: at - slot.start, hash, version },
        range: slot.range,
        appendId: String(at + remaining),
      })
    }
    const last = rows.at(-1)
    if (last !== undefined) open = last[6] + last[7]
    return rows.length < count || last === undefined ? to : last[6]
  }
}

function lag(database: Database, names: StreamNames, slot: Slot, from: number): FeedLag {
  const { start, head } = slot
  const rows = `FROM events WHERE pos > ? AND pos <= ? AND type <> '${HUSK}'`
  // What was erased leaves gaps; a long way behind, they do not matter, and counting would take long.
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
