import type { SqlQuerySpec } from '@azure/cosmos'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { Steps } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { pageOfPartition } from '../partitions/partition-queries.ts'
import { recordedText } from '../query/time.ts'
import type { Start } from './continuation.ts'
import { etagAfter } from './etag.ts'
import { type RangePage, type RangeReader, toRangePage } from './read-page.ts'
import type { ServerPages } from './server-pages.ts'

// Events are looked at in pages of so many until the first one of a time is found.
const LOOK = 1000

// Milliseconds by which the server's clocks may differ, and what a start by time is rounded by.
const SLACK = 60_000

/**
 * Makes what finds the first event of a range that was recorded at a time or later. The server starts by the time when
 * it wrote, which is about when the event was recorded. Only where a writer's clock ran ahead, or a log was copied from
 * the future, lie such events further back; a query tells how far.
 */
export function timeFinder(handle: Handle, pages: ServerPages, read: RangeReader) {
  const { events } = handle.containers

  /**
   * When the server wrote the first of the events that it wrote before a time although they were recorded then or
   * later: milliseconds, or undefined where there is none. Each page is a step of its own, for there may be many.
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
      // An aggregate is answered in parts, one a page, and a part that found nothing is not a number.
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
    const about = time.getTime() - SLACK
    const ahead = await writtenAhead(step, range, time, about)
    let page = await firstPage(step, range, ahead === undefined ? about : ahead - SLACK)
    for (;;) {
      const first = page.events.find(({ event }) => Date.parse(event.metadata.recordedAt) >= time.getTime())?.position
      if (first !== undefined) return { etag: etagAfter(first.lsn - 1), readTo: first.lsn - 1, first }
      const { place, caughtUp } = page
      if (caughtUp) return place
      page = await step((operation) => read(operation, range, place, LOOK))
    }
  }
}
