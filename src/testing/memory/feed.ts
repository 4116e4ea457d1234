import { decodeContinuation, encodeContinuation, type LastEvent } from '../../core/adapters/continuation.ts'
import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import type { ChangeFeed, FeedEvent, FeedPage, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { HUSK } from '../../core/port/event-document.ts'
import { containsHash, containsInterval, type HashInterval } from '../../core/positions/hash-interval.ts'
import { assertFeedStart, feedLimitOf } from '../../core/reading/read-options.ts'
import { documentOf } from './documents.ts'
import type { Handle } from './handle.ts'
import { assertHolds } from './log-identity.ts'
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
        const events = appendsAfter(partition, startOf(state, partition, range, from).lsn).flatMap((append) =>
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
  const start = startOf(state, partition, range, from)
  let readTo = start.lsn
  const events: FeedEvent[] = []
  for (const append of appendsAfter(partition, readTo)) {
    // Reading resumes by LSN, so what shares one is never split.
    if (events.length >= limit && append.lsn > readTo) return page(false)
    events.push(...eventsOf(state, range, append))
    readTo = append.lsn
  }
  readTo = partition.lsn
  return page(true)

  function page(caughtUp: boolean): FeedPage {
    const last = lastOf(events) ?? start.last
    const continuation = encodeContinuation({ incarnation: state.incarnation, range, place: String(readTo), last })
    const behind = appendsAfter(partition, readTo).reduce((sum, { first, last: end }) => sum + end - first + 1, 0)
    return { events, continuation, caughtUp, readTo, behind }
  }
}

function partitionAround(state: MemoryState, range: FeedRange): StoredPartition {
  const around = (one: HashInterval) => containsInterval(one, range)
  const partition = state.partitions.find(around)
  // A split range stays so, even if the partitions beneath have merged again.
  if (partition === undefined || !state.ranges.some(around)) throw new FeedRangeGone(range)
  return partition
}

function lastOf(events: readonly FeedEvent[]): LastEvent | undefined {
  const { event } = events.at(-1) ?? {}
  return event && { streamId: event.stream.id, version: event.stream.version, eventId: event.metadata.eventId }
}

type Start = { readonly lsn: number; readonly last: LastEvent | null }

function startOf(state: MemoryState, partition: StoredPartition, range: FeedRange, from: FeedStart): Start {
  if (from === 'start') return { lsn: 0, last: null }
  if (from === 'now') return { lsn: partition.lsn, last: null }
  if (from instanceof Date) {
    const first = partition.appends.find((append) =>
      eventsOf(state, range, append).some(({ event }) => Date.parse(event.metadata.recordedAt) >= from.getTime()),
    )
    return { lsn: first === undefined ? partition.lsn : first.lsn - 1, last: null }
  }
  const { place, last } = decodeContinuation(from, range, state.incarnation)
  const lsn = Number(place)
  if (lsn > partition.lsn) throw new TidemarkAheadOfLog('The continuation', lsn, partition.lsn)
  assertHolds(state, 'The continuation', last)
  return { lsn, last }
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
