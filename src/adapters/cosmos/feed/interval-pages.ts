import { containsInterval, type HashInterval, sameInterval } from '../../../core/positions/hash-interval.ts'
import { sessionOf } from '../client/answers.ts'
import { fetchPage, type Page } from '../client/fetch-page.ts'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation } from '../client/operation.ts'
import { lsnOf } from '../client/sessions/session-token.ts'
import { knownPartitions, loadPartitions } from '../partitions/load-partitions.ts'
import type { Partition } from '../partitions/partition-map.ts'
import { inPartition } from '../partitions/partition-queries.ts'
import { etagAfter, lsnOfEtag } from './etag.ts'
import { feedOptions, ofPart, type ServerStart } from './feed-options.ts'

/** A page of a container's change feed as the server returns it. */
export type ServerPage<T> = {
  /** Documents as they are stored, with the server's own fields, in the server's order. */
  readonly items: readonly T[]
  /** From where reading resumes; empty at the start. */
  readonly etag: string
  /** Nothing follows the page. */
  readonly isEnd: boolean
  /**
   * The last LSN of the partition, as the responding replica knows it; undefined if the response does not contain it.
   */
  readonly head: number | undefined
  /** Everything committed up to this LSN before the page was requested could be found. */
  readonly shown: number
}

/** The partition that contains an interval, or all partitions if several contain it. */
export type Around = { readonly partition: Partition } | { readonly partitions: readonly Partition[] }

/** Finds the physical partition that contains an interval. */
export async function partitionAround(
  operation: Operation,
  open: OpenContainer,
  interval: HashInterval,
): Promise<Around> {
  const around = (partitions: readonly Partition[]) => partitions.find((one) => containsInterval(one, interval))
  const known = around(await knownPartitions(operation, open))
  if (known !== undefined) return { partition: known }
  const partitions = await loadPartitions(operation, open)
  const found = around(partitions)
  return found === undefined ? { partitions } : { partition: found }
}

/** Reads a page of an interval from one physical partition, or returns all partitions if several contain it by now. */
export async function pageOfInterval<T>(
  operation: Operation,
  open: OpenContainer,
  interval: HashInterval,
  start: ServerStart,
  limit: number,
): Promise<{ readonly page: ServerPage<T> } | { readonly partitions: readonly Partition[] }> {
  for (let attempt = 0; ; attempt++) {
    const around = await partitionAround(operation, open, interval)
    if ('partitions' in around) return around
    const { partition } = around
    const shown = open.sessions.lsn(partition.id) ?? 0
    const page = await inPartition(operation, open, partition.id, (options) => {
      const sent = sameInterval(partition, interval) ? options : ofPart(options, interval)
      return fetchPage<T>(open, undefined, feedOptions(sent, start, limit))
    })
    if (page === undefined) {
      open.partitions.known = undefined
    } else {
      const head = lsnOf(sessionOf(page.headers))
      // If the session token got lost on the way, a stale response would look like the end.
      if (head === undefined || head >= shown) return { page: toPage(page, start, head, shown) }
    }
    await operation.again(attempt)
  }
}

function toPage<T>(
  { rows, headers }: Page<T>,
  start: ServerStart,
  head: number | undefined,
  session: number,
): ServerPage<T> {
  const from = 'etag' in start ? start.etag : ''
  const given = typeof headers.etag === 'string' ? headers.etag : ''
  const etag = given || (from === '*' ? etagAfter(head ?? 0) : from)
  const reached = lsnOfEtag(etag) ?? -1
  // The SDK does not distinguish a 304 from an empty page, which may occur when the server must scan much.
  const isEnd = rows.length === 0 && (etag === from || reached >= (head ?? 0))
  return { items: rows, etag, isEnd, head, shown: head === undefined ? 0 : session }
}
