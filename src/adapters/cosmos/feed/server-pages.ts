import { FeedRangeGone } from '../../../core/errors/feed.ts'
import { containsInterval, type HashInterval, sameInterval } from '../../../core/hash-interval.ts'
import { sessionOf } from '../client/answers.ts'
import { fetchPage, type Page } from '../client/fetch-page.ts'
import type { Operation } from '../client/operation.ts'
import { lsnOf } from '../client/session-token.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { knownPartitions, loadPartitions } from '../partitions/load-partitions.ts'
import type { Partition } from '../partitions/partition-map.ts'
import { inPartition } from '../partitions/partition-queries.ts'
import { etagAfter, lsnOfEtag } from './etag.ts'
import { feedOptions, ofPart, type ServerStart } from './feed-options.ts'
import type { Ranges } from './ranges.ts'
import { assertSameContainer } from './same-container.ts'

/** A page of the change feed as the server gives it. */
export type ServerPage = {
  /** Documents as they are stored, with the server's own fields, in the server's order. */
  readonly items: readonly StoredEvent[]
  /** With what reading goes on; empty at the start. */
  readonly etag: string
  /** Nothing lies behind the page. */
  readonly isEnd: boolean
  /** The last LSN of the partition, as the answering replica knows it; undefined where the answer does not say. */
  readonly head: number | undefined
  /** What was committed up to this LSN before the page was asked for was there to be found. */
  readonly shown: number
}

/** Reads pages of intervals. A page comes from one physical partition. */
export type ServerPages = {
  /**
   * Reads a page from where the server shall begin. Where the interval was split, the cuts are stored.
   *
   * @throws FeedRangeGone when the interval was split, IncarnationMismatch when the container was replaced
   */
  read(operation: Operation, interval: HashInterval, start: ServerStart, limit: number): Promise<ServerPage>
  /** The physical partition that an interval lies in. @throws FeedRangeGone when it was split */
  partitionAround(operation: Operation, interval: HashInterval): Promise<Partition>
}

/** Makes what reads pages of the events' feed. */
export function serverPages(handle: Handle, ranges: Ranges): ServerPages {
  const { events } = handle.containers

  async function partitionAround(operation: Operation, interval: HashInterval): Promise<Partition> {
    const around = (partitions: readonly Partition[]) => partitions.find((one) => containsInterval(one, interval))
    const known = around(await knownPartitions(operation, events))
    if (known !== undefined) return known
    const partitions = await loadPartitions(operation, events)
    const found = around(partitions)
    if (found !== undefined) return found
    await ranges.cut(
      operation,
      partitions.map(({ min }) => min),
    )
    throw new FeedRangeGone(interval)
  }

  return {
    partitionAround,
    async read(operation, interval, start, limit) {
      for (let attempt = 0; ; attempt++) {
        const partition = await partitionAround(operation, interval)
        const shown = events.sessions.lsn(partition.id) ?? 0
        const page = await inPartition(operation, events, partition.id, (options) => {
          const sent = sameInterval(partition, interval) ? options : ofPart(options, interval)
          return fetchPage<StoredEvent>(events, undefined, feedOptions(sent, start, limit))
        })
        if (page === undefined) {
          events.partitions.known = undefined
        } else {
          const head = lsnOf(sessionOf(page.headers))
          await assertSameContainer(operation, handle, page.rows[0]?._rid)
          // Were the session token lost on the way, an old answer would look like the end.
          if (head === undefined || head >= shown) return toPage(page, 'etag' in start ? start.etag : '', head, shown)
        }
        await operation.again(attempt)
      }
    },
  }
}

function toPage(
  { rows, headers }: Page<StoredEvent>,
  from: string,
  head: number | undefined,
  session: number,
): ServerPage {
  const given = typeof headers.etag === 'string' ? headers.etag : ''
  const etag = given || (from === '*' ? etagAfter(head ?? 0) : from)
  const reached = lsnOfEtag(etag) ?? -1
  // The SDK does not tell a 304 from an empty page, of which there may be some in what the server must look through.
  const isEnd = rows.length === 0 && (etag === from || reached >= (head ?? 0))
  return { items: rows, etag, isEnd, head, shown: head === undefined ? 0 : session }
}
