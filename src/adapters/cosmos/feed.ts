import { Comparisons } from '../../core/adapters/comparisons.ts'
import type { LastEvent } from '../../core/adapters/continuation.ts'
import { FeedRangeGone } from '../../core/errors/feed.ts'
import { InvalidContinuation } from '../../core/errors/input.ts'
import type { ChangeFeed, FeedEvent, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { assertFeedStart, feedLimitOf } from '../../core/reading/read-options.ts'
import { toCheckedEvents } from './as-written/checked-events.ts'
import { withDeletionFaults } from './as-written/deletion-faults.ts'
import { refusalOf } from './client/failures/errors.ts'
import type { Steps } from './client/operation.ts'
import { encodeContinuation, type Place, type Start } from './feed/continuation.ts'
import { lagReader } from './feed/lag.ts'
import { assertHolds } from './feed/log-identity.ts'
import { feedRanges } from './feed/ranges.ts'
import { type PrimaryCheck, rangeReader } from './feed/read-page.ts'
import { readAndCompare } from './feed/same-container.ts'
import { serverPages } from './feed/server-pages.ts'
import { fromFirst, startFinder } from './feed/start.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions/partition-queries.ts'
import { refreshRange } from './streams/refresh.ts'

/** The change feed: a feed range is a physical partition, or a part of one. */
export function changeFeed(handle: Handle): ChangeFeed {
  const ranges = feedRanges(handle)
  const pages = serverPages(handle, ranges)
  const primary: PrimaryCheck = {
    refresh: (operation, range) => refreshRange(operation, handle, range),
    assertSameContainer: (operation) => readAndCompare(operation, handle),
  }
  const readPage = rangeReader(pages, handle.timing, primary)
  const readChecked = rangeReader(pages, handle.timing, primary, toCheckedEvents)
  const startOf = startFinder(handle, pages, readPage)
  const lagOf = lagReader(readPage)

  const queries = partitionQueries(handle.containers.events)
  const comparisons = new Comparisons(handle.timing)

  /** Where reading begins, once the event in the continuation was compared with the log. */
  async function startIn(step: Steps, range: FeedRange, from: FeedStart): Promise<Start> {
    const start = await startOf(step, range, from)
    const { last } = start
    if (last && typeof from === 'string' && comparisons.isDue(range, from)) {
      await step((operation) => assertHolds(operation, handle, 'The continuation', last))
      comparisons.done(range, from)
    }
    return start
  }

  async function assertThere(step: Steps, range: FeedRange): Promise<void> {
    if (!(await ranges.has(step, range))) throw new FeedRangeGone(range)
  }

  return {
    async ranges() {
      handle.assertOpen()
      return ranges.now((work) => handle.run('feed.ranges', work))
    },

    async read(range, from, options = {}) {
      const limit = feedLimitOf(options)
      assertFeedStart(from)
      const { signal, asWritten = false } = options
      const reader = asWritten ? readChecked : readPage
      signal?.throwIfAborted()
      const step: Steps = (work) => handle.run('feed.read', work, signal)
      await assertThere(step, range)
      const start = await startIn(step, range, from)
      let place: Place = start
      for (;;) {
        const page = await step((operation) => reader(operation, range, place, limit)).catch(refused(from))
        const { caughtUp, head } = page
        place = page.place
        const found = fromFirst(page.events, start.first)
        const events = asWritten ? await step((operation) => withDeletionFaults(operation, queries, found)) : found
        if (events.length === 0 && !caughtUp) continue
        const { readTo } = place
        const last = lastOf(events) ?? start.last ?? null
        const continuation = encodeContinuation(handle.incarnation, range, { ...place, last })
        comparisons.given(range, continuation)
        return { events, continuation, caughtUp, readTo, behind: caughtUp ? 0 : Math.max(1, head - readTo) }
      }
    },

    async lag(range, from, { atLeast } = {}) {
      assertFeedStart(from)
      const step: Steps = (work) => handle.run('feed.lag', work)
      await assertThere(step, range)
      const start = await startIn(step, range, from)
      return lagOf(step, range, start, atLeast).catch(refused(from))
    },

    async changed(signal) {
      handle.assertOpen()
      await handle.committed.events.next(handle.pollInterval, AbortSignal.any([signal, handle.closing]))
    },
  }
}

// A continuation names an event with which the next read compares the log: one that is found there.
function lastOf(events: readonly FeedEvent[]): LastEvent | undefined {
  const { event } = events.findLast(({ fault }) => fault === undefined) ?? {}
  return event && { streamId: event.stream.id, version: event.stream.version, eventId: event.metadata.eventId }
}

/** What it means that the service rejects a place: a genuine continuation always has a valid one. */
const refused =
  (from: FeedStart) =>
  (error: unknown): never => {
    const isContinuation = typeof from === 'string' && from !== 'start' && from !== 'now'
    if (isContinuation && refusalOf(error) === 400) throw new InvalidContinuation('the service does not know its place')
    throw error
  }
