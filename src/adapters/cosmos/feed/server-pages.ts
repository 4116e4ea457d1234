import { FeedRangeGone } from '../../../core/errors/feed.ts'
import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Operation } from '../client/operation.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Partition } from '../partitions/partition-map.ts'
import type { ServerStart } from './feed-options.ts'
import { pageOfInterval, partitionAround, type ServerPage } from './interval-pages.ts'
import type { Ranges } from './ranges.ts'
import { assertSameContainer } from './same-container.ts'

/** Pages of the events' feed. */
export type ServerPages = {
  /**
   * Reads a page of an interval, from one physical partition, starting where the server is to begin. If the interval
   * was split, the boundaries are stored.
   *
   * @throws FeedRangeGone if the interval was split, IncarnationMismatch if the container was replaced
   */
  read(
    operation: Operation,
    interval: HashInterval,
    start: ServerStart,
    limit: number,
  ): Promise<ServerPage<StoredEvent>>
  /** The physical partition that contains an interval. @throws FeedRangeGone if it was split */
  partitionAround(operation: Operation, interval: HashInterval): Promise<Partition>
}

/** Creates the reader of pages of the events' feed. */
export function serverPages(handle: Handle, ranges: Ranges): ServerPages {
  const { events } = handle.containers

  async function gone(operation: Operation, interval: HashInterval, partitions: readonly Partition[]): Promise<never> {
    await ranges.cut(
      operation,
      partitions.map(({ min }) => min),
    )
    throw new FeedRangeGone(interval)
  }

  return {
    async read(operation, interval, start, limit) {
      const found = await pageOfInterval<StoredEvent>(operation, events, interval, start, limit)
      if ('partitions' in found) return gone(operation, interval, found.partitions)
      await assertSameContainer(operation, handle, found.page.items[0]?._rid)
      return found.page
    },
    async partitionAround(operation, interval) {
      const around = await partitionAround(operation, events, interval)
      return 'partition' in around ? around.partition : gone(operation, interval, around.partitions)
    },
  }
}
