import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import { InvalidContinuation } from '../../core/errors/input.ts'
import { containsHash, containsInterval } from '../../core/hash-interval.ts'
import type {
  ChangeFeed,
  Continuation,
  FeedEvent,
  FeedPage,
  FeedRange,
  FeedStart,
} from '../../core/port/change-feed.ts'
import { HUSK } from '../../core/port/event-document.ts'
import { documentOf } from './documents.ts'
import type { Handle } from './handle.ts'
import type { MemoryState, StoredAppend, StoredRange } from './state.ts'

/** The change feed in memory. */
export function changeFeed(handle: Handle): ChangeFeed {
  const { state } = handle
  return {
    ranges: () => handle.run(() => state.ranges.map(({ min, max }) => ({ min, max }))),
    async read(range, from, { limit = 1000, signal } = {}) {
      handle.assertOpen()
      signal?.throwIfAborted()
      return handle.run(() => readPage(state, range, from, limit))
    },
    lag: (range, from) =>
      handle.run(() => {
        const stored = storedRange(state, range)
        const events = appendsAfter(stored, startLsn(state, stored, range, from)).flatMap((append) =>
          eventsOf(state, range, append),
        )
        return { events: events.length, oldest: events[0]?.event.metadata.recordedAt ?? null, head: stored.lsn }
      }),
    changed: (signal) => handle.changed('events', signal),
  }
}

function readPage(state: MemoryState, range: FeedRange, from: FeedStart, limit: number): FeedPage {
  const stored = storedRange(state, range)
  let readTo = startLsn(state, stored, range, from)
  const events: FeedEvent[] = []
  for (const append of appendsAfter(stored, readTo)) {
    if (events.length >= limit) return page(false)
    events.push(...eventsOf(state, range, append))
    readTo = append.lsn
  }
  readTo = stored.lsn
  return page(true)

  function page(caughtUp: boolean): FeedPage {
    return { events, continuation: encode(range, readTo), caughtUp, readTo }
  }
}

function storedRange(state: MemoryState, range: FeedRange): StoredRange {
  const found = state.ranges.find((stored) => containsInterval(stored, range))
  if (found === undefined) throw new FeedRangeGone(range)
  return found
}

function startLsn(state: MemoryState, stored: StoredRange, range: FeedRange, from: FeedStart): number {
  if (from === 'start') return 0
  if (from === 'now') return stored.lsn
  if (from instanceof Date) {
    const first = stored.appends.find((append) =>
      eventsOf(state, range, append).some(({ event }) => Date.parse(event.metadata.recordedAt) >= from.getTime()),
    )
    return first === undefined ? stored.lsn : first.lsn - 1
  }
  const { lsn, ...of } = decode(from)
  if (!containsInterval(of, range)) throw new InvalidContinuation('it belongs to another range')
  if (lsn > stored.lsn) throw new TidemarkAheadOfLog('The continuation', lsn, stored.lsn)
  return lsn
}

function appendsAfter({ appends }: StoredRange, lsn: number): readonly StoredAppend[] {
  let [low, high] = [0, appends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((appends[middle] as StoredAppend).lsn <= lsn) low = middle + 1
    else high = middle
  }
  return appends.slice(low)
}

function eventsOf(state: MemoryState, { min, max }: FeedRange, { streamId, first, last }: StoredAppend): FeedEvent[] {
  const stream = state.streams.get(streamId)
  if (stream === undefined || !containsHash({ min, max }, stream.hash)) return []
  return stream.events.slice(first - 1, last).flatMap((stored, i) => {
    if (stored === null || stored.appendId === HUSK) return []
    const position = { lsn: stored.lsn, hash: stream.hash, version: first + i }
    return [{ event: documentOf(stored), position, range: { min, max }, appendId: stored.appendId }]
  })
}

const encode = ({ min, max }: FeedRange, lsn: number): Continuation =>
  Buffer.from(JSON.stringify([min, max, lsn])).toString('base64url')

function decode(continuation: Continuation): FeedRange & { readonly lsn: number } {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(continuation, 'base64url').toString())
  } catch {
    throw new InvalidContinuation('it cannot be read')
  }
  const [min, max, lsn] = Array.isArray(parts) ? parts : []
  if (typeof min !== 'string' || typeof max !== 'string' || !Number.isSafeInteger(lsn) || lsn < 0) {
    throw new InvalidContinuation('it cannot be read')
  }
  return { min, max, lsn }
}
