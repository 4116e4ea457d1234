import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { containsInterval } from '../../../core/hash-interval.ts'
import type { FeedEvent, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { comparePositions, type Position } from '../../../core/position.ts'
import type { Operation } from '../client/request.ts'
import type { Handle } from '../handle.ts'
import { partitionQueries } from '../partitions.ts'
import { decodeContinuation, type Place } from './continuation.ts'
import { etagAfter } from './etag.ts'
import { toFeedEvents } from './feed-events.ts'
import type { RangeReader } from './read-page.ts'
import type { ServerPages } from './server-pages.ts'

/** Where reading begins: a place, and the first position behind it that is to be given. */
export type Start = Place & { readonly first?: Position }

// Events are looked at in pages of so many until the first one of a time is found.
const LOOK = 1000

// Milliseconds by which the server's clocks may differ, and what a start by time is rounded by.
const SLACK = 60_000

/** Makes what finds where reading of a range begins. */
export function startFinder(handle: Handle, pages: ServerPages, read: RangeReader) {
  const { container } = handle.containers.events
  const queries = partitionQueries(handle.containers.events)

  /** When the server wrote the first of the events recorded then or later, or undefined where there is none. */
  async function firstWritten(operation: Operation, time: Date): Promise<Date | undefined> {
    const query = `
      SELECT VALUE MIN(c._ts) FROM c WHERE c.metadata.recordedAt >= @recordedAt
      OR (NOT IS_DEFINED(c.metadata.recordedAt) AND c._ts >= @seconds)`
    const parameters = [
      { name: '@recordedAt', value: time.toISOString() },
      { name: '@seconds', value: time.getTime() / 1000 },
    ]
    const found = await queries.each<unknown>(operation, { query, parameters }, 1)
    const seconds = found.flat().filter((value) => typeof value === 'number')
    return seconds.length === 0 ? undefined : new Date(Math.min(...seconds) * 1000)
  }

  async function fromTime(operation: Operation, range: FeedRange, time: Date): Promise<Start> {
    // Asked for before the events are: what commits in between is then behind it.
    const { place: end } = await read(operation, range, { etag: '*', readTo: 0 }, 1)
    const written = await firstWritten(operation, time)
    if (written === undefined) return end
    const { partitions } = await operation.request({
      kind: 'read',
      send: async () => ({ partitions: await container.getFeedRanges(), headers: {} }),
    })
    const partition = partitions.find(({ minInclusive: min, maxExclusive: max }) =>
      containsInterval({ min, max }, range),
    )
    const since = new Date(written.getTime() - SLACK)
    const page = partition && (await pages.readSince(operation, partition, since, LOOK))
    if (page === undefined) throw new FeedRangeGone(range)
    let [events, place]: [readonly FeedEvent[], Place] = [toFeedEvents(page.items, range), { ...end, etag: page.etag }]
    for (let isEnd = page.isEnd; ; ) {
      const first = events.find(({ event }) => Date.parse(event.metadata.recordedAt) >= time.getTime())?.position
      if (first !== undefined) return { etag: etagAfter(first.lsn - 1), readTo: first.lsn - 1, first }
      if (isEnd) return end
      const next = await read(operation, range, { ...place, readTo: 0 }, LOOK)
      ;({ events, place, caughtUp: isEnd } = next)
    }
  }

  return async (operation: Operation, range: FeedRange, from: FeedStart): Promise<Start> => {
    if (from === 'start') return { etag: '', readTo: 0 }
    if (from === 'now') return { etag: '*', readTo: 0 }
    if (from instanceof Date) return fromTime(operation, range, from)
    return decodeContinuation(from, range, handle.incarnation)
  }
}

/** The events at which reading was to begin, and those behind. */
export const fromFirst = (events: readonly FeedEvent[], first: Position | undefined): readonly FeedEvent[] =>
  first === undefined ? events : events.filter(({ position }) => comparePositions(position, first) >= 0)
