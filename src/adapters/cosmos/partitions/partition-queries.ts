import type { PriorityLevel, SqlQuerySpec } from '@azure/cosmos'
import { InvalidQuery } from '../../../core/errors/input.ts'
import { containsHash } from '../../../core/positions/hash-interval.ts'
import { isGone } from '../client/failures/failure.ts'
import { fetchPage, type Page } from '../client/fetch-page.ts'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation, SentOptions } from '../client/operation.ts'
import { hashOf } from './hash.ts'
import { knownPartitions } from './load-partitions.ts'
import type { Partition } from './partition-map.ts'

export type PartitionQueryOptions = {
  /** How many rows of each partition are enough; it may return more. Default: all. */
  readonly most?: number
  /** `Low` yields to all other requests if the account supports priorities. */
  readonly priority?: 'Low'
}

/** Queries one physical partition after the other, or all at once. */
export type PartitionQueries = {
  /**
   * Sends the same query to every physical partition separately, and returns the rows of each. The SDK's own query over
   * several partitions would merge rows by UTF-16 units, where the server orders by code points, and so would lose rows
   * between two pages.
   */
  each<T>(
    operation: Operation,
    query: SqlQuerySpec,
    options?: PartitionQueryOptions,
  ): Promise<readonly (readonly T[])[]>
  /** Queries partition keys: each physical partition for its own keys alone, and those without any not at all. */
  about<T>(
    operation: Operation,
    keys: readonly string[],
    query: (keys: readonly string[]) => SqlQuerySpec,
  ): Promise<T[]>
}

/** Creates the function that queries the physical partitions of a container. */
export function partitionQueries(open: OpenContainer): PartitionQueries {
  async function ask<T>(
    operation: Operation,
    queryFor: (partition: Partition) => SqlQuerySpec | undefined,
    options: PartitionQueryOptions,
  ): Promise<T[][]> {
    for (let attempt = 0; ; attempt++) {
      const partitions = await knownPartitions(operation, open)
      const asked = partitions.flatMap((partition) => {
        const query = queryFor(partition)
        return query === undefined ? [] : [queryPartition<T>(operation, open, partition.id, query, options)]
      })
      const answers = await Promise.all(asked)
      if (answers.every((rows) => rows !== undefined)) return answers as T[][]
      open.partitions.known = undefined
      await operation.again(attempt)
    }
  }

  return {
    each: <T>(operation: Operation, query: SqlQuerySpec, options: PartitionQueryOptions = {}) =>
      ask<T>(operation, () => query, options),
    async about<T>(operation: Operation, keys: readonly string[], query: (keys: readonly string[]) => SqlQuerySpec) {
      const hashes = keys.map((key) => ({ key, hash: hashOf(key) }))
      const queryFor = (partition: Partition) => {
        const own = hashes.filter(({ hash }) => containsHash(partition, hash)).map(({ key }) => key)
        return own.length === 0 ? undefined : query(own)
      }
      return (await ask<T>(operation, queryFor, {})).flat()
    },
  }
}

// The documented maximum number of rows in one page.
const MOST_A_PAGE = 1000

/**
 * Queries one physical partition, page after page: the server may end a page early, because of its time or its units,
 * even an empty one, and the result of an aggregate comes in parts, one for each page.
 *
 * @returns undefined if the partition is gone, split or merged
 */
async function queryPartition<T>(
  operation: Operation,
  open: OpenContainer,
  partition: string,
  query: SqlQuerySpec,
  { most = Number.POSITIVE_INFINITY, priority }: PartitionQueryOptions,
): Promise<T[] | undefined> {
  const rows: T[] = []
  let continuation: string | undefined
  do {
    const page = await pageOfPartition<T>(operation, open, partition, query, {
      size: most - rows.length,
      continuation,
      priority,
    })
    if (page === undefined) return undefined
    rows.push(...page.rows)
    continuation = page.continuation
  } while (continuation !== undefined && rows.length < most)
  return rows
}

type PageOptions = {
  readonly size: number
  readonly continuation?: string | undefined
  readonly priority?: 'Low' | undefined
}

// A continuation is sent in a header, and servers accept about 16 KB of headers in all. It contains the values that
// rows are ordered by, which are as long as views make them.
const LONGEST_CONTINUATION = 12 * 1024

/** Queries one physical partition for a page. @returns undefined if the partition is gone @throws InvalidQuery */
export async function pageOfPartition<T>(
  operation: Operation,
  open: OpenContainer,
  partition: string,
  query: SqlQuerySpec,
  { size, continuation, priority }: PageOptions,
): Promise<Page<T> | undefined> {
  if (continuation !== undefined && continuation.length > LONGEST_CONTINUATION) {
    throw new InvalidQuery('the values that it is ordered by are too long for a continuation')
  }
  return inPartition(operation, open, partition, (options) =>
    fetchPage<T>(open, query, {
      ...options,
      maxItemCount: Math.min(size, MOST_A_PAGE),
      ...(continuation !== undefined && { continuationToken: continuation }),
      ...(priority && { priorityLevel: priority as PriorityLevel }),
    }),
  )
}

/** Sends a request to one physical partition. @returns undefined if the partition is gone, split or merged */
export async function inPartition<T>(
  operation: Operation,
  open: OpenContainer,
  partition: string,
  send: (options: SentOptions) => Promise<Page<T>>,
): Promise<Page<T> | undefined> {
  const { page } = await operation.request({
    in: open,
    at: { partition },
    kind: 'read',
    send: (options) => {
      const initialHeaders = { ...options.initialHeaders, 'x-ms-documentdb-partitionkeyrangeid': partition }
      return send({ ...options, initialHeaders }).then((page) => ({ page, headers: page.headers }), goneOrThrow)
    },
  })
  return page
}

// A retry on the same partition would not help, so this is a result and not a failure.
function goneOrThrow(error: unknown) {
  if (!isGone(error)) throw error
  return { page: undefined, headers: {} }
}
