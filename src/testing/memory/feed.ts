import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import { InvalidContinuation } from '../../core/errors/input.ts'
import { containsHash, containsInterval, type HashInterval } from '../../core/hash-interval.ts'
import type {
  ChangeFeed,
  Continuation,
  FeedEvent,
  FeedPage,
  FeedRange,
  FeedStart,
} from '../../core/port/change-feed.ts'
import { HUSK } from '../../core/port/event-document.ts'
import { assertFeedStart, feedLimitOf } from '../../core/read-options.ts'
import { documentOf } from './documents.ts'
import type { Handle } from './handle.ts'
import type { MemoryState, StoredAppend, StoredPartition } from './state.ts'

/** The change feed in memory. */
export function changeFeed(handle: Handle): ChangeFeed {
  const { state } = handle
  return {
    ranges: () => handle.run(() => state.ranges),
    async read(range, from, options = {}) {
      handle.assertOpen()
      const limit = feedLimitOf(options)
      assertFeedStart(from)
      options.signal?.throwIfAborted()
      return handle.run(() => readPage(state, range, from, limit))
    },
    async lag(range, from) {
      assertFeedStart(from)
      return handle.run(() => {
        const partition = partitionAround(state, range)
        const events = appendsAfter(partition, startLsn(state, partition, range, from)).flatMap((append) =>
          eventsOf(state, range, append),
        )
        return { events: events.length, oldest: events[0]?.event.metadata.recordedAt ?? null, head: partition.lsn }
      })
    },
    changed: (signal) => handle.changed('events', signal),
  }
}

function readPage(state: MemoryState, range: FeedRange, from: FeedStart, limit: number): FeedPage {
  const partition = partitionAround(state, range)
  let readTo = startLsn(state, partition, range, from)
  const events: FeedEvent[] = []
  for (const append of appendsAfter(partition, readTo)) {
    // Going on is by LSN, so what shares one is never cut.
    if (events.length >= limit && append.lsn > readTo) return page(false)
    events.push(...eventsOf(state, range, append))
    readTo = append.lsn
  }
  readTo = partition.lsn
  return page(true)

  function page(caughtUp: boolean): FeedPage {
    return { events, continuation: encode(range, readTo), caughtUp, readTo }
  }
}

function partitionAround(state: MemoryState, range: FeedRange): StoredPartition {
  const around = (one: HashInterval) => containsInterval(one, range)
  const partition = state.partitions.find(around)
  // A range that was cut stays so, also when the partitions beneath are one again.
  if (partition === undefined || !state.ranges.some(around)) throw new FeedRangeGone(range)
  return partition
}

function startLsn(state: MemoryState, partition: StoredPartition, range: FeedRange, from: FeedStart): number {
  if (from === 'start') return 0
  if (from === 'now') return partition.lsn
  if (from instanceof Date) {
    const first = partition.appends.find((append) =>
      eventsOf(state, range, append).some(({ event }) => Date.parse(event.metadata.recordedAt) >= from.getTime()),
    )
    return first === undefined ? partition.lsn : first.lsn - 1
  }
  const { lsn, ...of } = decode(from)
  if (!containsInterval(of, range)) throw new InvalidContinuation('it belongs to another range')
  if (lsn > partition.lsn) throw new TidemarkAheadOfLog('The continuation', lsn, partition.lsn)
  return lsn
}

function appendsAfter({ appends }: StoredPartition, lsn: number): readonly StoredAppend[] {
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
    if (stored === null) return []
    const event = documentOf(stored)
    if (event.eventType === HUSK) return []
    const position = { lsn: stored.lsn, hash: stream.hash, version: first + i }
    return [{ event, position, range: { min, max }, appendId: stored.appendId }]
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
