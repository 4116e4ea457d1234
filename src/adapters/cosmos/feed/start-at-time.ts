import type { SqlQuerySpec } from '@azure/cosmos'
import { recordedTime } from '../../../core/events/recorded-time.ts'
import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import type { Steps } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { pageOfPartition } from '../partitions/partition-queries.ts'
import { recordedText } from '../query/time.ts'
import type { Start } from './continuation.ts'
import { etagAfter } from './etag.ts'
import { type RangePage, type RangeReader, toRangePage } from './read-page.ts'
import type { ServerPages } from './server-pages.ts'

// The page size of the search for the first event of a time.
const LOOK = 1000

// Milliseconds by which the server's clocks may differ, and by which a start by time is rounded.
const SLACK = 60_000

/**
 * Creates the function that finds the first event of a range that was recorded at or after a time. The server starts by
 * its own write time, which is close to the recording time. Such events are only further back if a writer's clock was
 * ahead, or a log was copied from the future; a query shows how far.
 */
export function timeFinder(handle: Handle, pages: ServerPages, read: RangeReader) {
  const { events } = handle.containers

  /**
   * The write time of the first event that was written before a time although it was recorded at or after it:
   * milliseconds, or undefined if there is none. Each page is a separate step, because there may be many.
   */
  async function writtenAhead(step: Steps, range: FeedRange, time: Date, before: number): Promise<number | undefined> {
    const query: SqlQuerySpec = {
      query: 'SELECT VALUE MIN(c._ts) FROM c WHERE c.metadata.recordedAt >= @recordedAt AND c._ts < @before',
      parameters: [
        { name: '@recordedAt', value: recordedText(time) },
        { name: '@before', value: before / 1000 },
      ],
    }
    let { id } = await step((operation) => pages.partitionAround(operation, range))
    let first: number | undefined
    for (let continuation: string | undefined; ; ) {
      const options = { size: LOOK, continuation }
      const page = await step((operation) => pageOfPartition<unknown>(operation, events, id, query, options))
      if (page === undefined) {
        events.partitions.known = undefined
        ;({ id } = await step((operation) => pages.partitionAround(operation, range)))
        continuation = undefined
        continue
      }
      // The result of an aggregate comes in parts, one for each page, and a part that found nothing is not a number.
      for (const row of page.rows) if (typeof row === 'number') first = Math.min(first ?? row, row)
      if (page.continuation === undefined) return first === undefined ? undefined : first * 1000
      continuation = page.continuation
    }
  }

  async function firstPage(step: Steps, range: FeedRange, since: number): Promise<RangePage> {
    const start = since > 0 ? { since: new Date(since) } : { etag: '' }
    const page = await step((operation) => pages.read(operation, range, start, LOOK))
    return toRangePage(page, range, { etag: '', readTo: 0 })
  }

  return async (step: Steps, range: FeedRange, time: Date): Promise<Start> => {
    const isSince = ({ event }: FeedEvent): boolean => {
      const recorded = recordedTime(event.metadata.recordedAt)
      return recorded !== undefined && recorded >= time
    }
    const about = time.getTime() - SLACK
    const ahead = await writtenAhead(step, range, time, about)
    let page = await firstPage(step, range, ahead === undefined ? about : ahead - SLACK)
    for (;;) {
      const first = page.events.find(isSince)?.position
      if (first !== undefined) return { etag: etagAfter(first.lsn - 1), readTo: first.lsn - 1, first }
      const { place, caughtUp } = page
      if (caughtUp) return place
      page = await step((operation) => read(operation, range, place, LOOK))
    }
  }
}
