import type { FeedRange as SdkFeedRange } from '@azure/cosmos'
import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { containsInterval } from '../../../core/hash-interval.ts'
import type { FeedEvent, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { comparePositions, type Position } from '../../../core/position.ts'
import type { Operation } from '../client/request.ts'
import type { Handle } from '../handle.ts'
import { refresh } from '../look.ts'
import { partitionQueries } from '../partitions.ts'
import { decodeContinuation, type Place } from './continuation.ts'
import { etagAfter } from './etag.ts'
import { toFeedEvents } from './feed-events.ts'
import { keyWithin } from './key-within.ts'
import type { Ranges } from './ranges.ts'
import type { RangeReader } from './read-page.ts'
import type { ServerPages } from './server-pages.ts'
import type { Steps } from './steps.ts'

/** Where reading begins: a place, and the first position behind it that is to be given. */
export type Start = Place & { readonly first?: Position }

// Events are looked at in pages of so many until the first one of a time is found.
const LOOK = 1000

// Milliseconds by which the server's clocks may differ, and what a start by time is rounded by.
const SLACK = 60_000

/** Makes what finds where reading of a range begins. */
export function startFinder(handle: Handle, ranges: Ranges, pages: ServerPages, read: RangeReader) {
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

  async function fromTime(step: Steps, range: FeedRange, time: Date): Promise<Start> {
    const { end, since } = await step(async (operation) => {
      // Asked for before the events are: what commits in between is then behind it.
      const { place: end } = await read(operation, range, { etag: '*', readTo: 0 }, 1)
      return { end, since: await firstWritten(operation, time) }
    })
    if (since === undefined) return end
    const page = await step(async (operation) => {
      const partition = await partitionAround(operation, range)
      return pages.readSince(operation, partition, new Date(since.getTime() - SLACK), LOOK)
    })
    let [events, etag, isEnd]: [readonly FeedEvent[], string, boolean] = [
      toFeedEvents(page.items, range),
      page.etag,
      page.isEnd,
    ]
    for (;;) {
      const first = events.find(({ event }) => Date.parse(event.metadata.recordedAt) >= time.getTime())?.position
      if (first !== undefined) return { etag: etagAfter(first.lsn - 1), readTo: first.lsn - 1, first }
      if (isEnd) return end
      const next = await step((operation) => read(operation, range, { etag, readTo: 0 }, LOOK))
      ;[events, etag, isEnd] = [next.events, next.place.etag, next.caughtUp]
    }
  }

  /**
   * Asks the primary replica of a range, so that 'now' is behind whatever anybody has seen of it. Another one may be as
   * old as this session allows, which what other handles wrote is no part of.
   */
  async function refreshRange(operation: Operation, range: FeedRange): Promise<void> {
    const key = keyWithin(range)
    if (key !== undefined) await refresh(operation, handle, key)
  }

  /** The physical partition that a range lies in. @throws FeedRangeGone when it was split */
  async function partitionAround(operation: Operation, range: FeedRange): Promise<SdkFeedRange> {
    const { partitions } = await operation.request({
      kind: 'read',
      send: async () => ({ partitions: await container.getFeedRanges(), headers: {} }),
    })
    const found = partitions.find(({ minInclusive: min, maxExclusive: max }) => containsInterval({ min, max }, range))
    if (found !== undefined) return found
    await ranges.cut(
      operation,
      partitions.map(({ minInclusive }) => minInclusive),
    )
    throw new FeedRangeGone(range)
  }

  return async (step: Steps, range: FeedRange, from: FeedStart): Promise<Start> => {
    if (from === 'start') return { etag: '', readTo: 0 }
    if (from === 'now') {
      await step((operation) => refreshRange(operation, range))
      return { etag: '*', readTo: 0 }
    }
    if (from instanceof Date) return fromTime(step, range, from)
    return decodeContinuation(from, range, handle.incarnation)
  }
}

/** The events at which reading was to begin, and those behind. */
export const fromFirst = (events: readonly FeedEvent[], first: Position | undefined): readonly FeedEvent[] =>
  first === undefined ? events : events.filter(({ position }) => comparePositions(position, first) >= 0)
