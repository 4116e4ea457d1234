import type { FeedResponse, SqlQuerySpec } from '@azure/cosmos'
import type { HashInterval } from '../../core/hash-interval.ts'
import { failureOf } from './client/errors.ts'
import type { Operation } from './client/request.ts'
import { unplanned } from './client/unplanned.ts'
import type { OpenContainer } from './handle.ts'

/** A physical partition of a container: a partition-key range, as the service calls it. */
export type Partition = HashInterval & { readonly id: string }

/** The physical partitions of a container as they are now. */
export async function readPartitions(operation: Operation, { container }: OpenContainer): Promise<Partition[]> {
  const { ranges } = await operation.request({
    kind: 'read',
    async send({ abortSignal }) {
      const { resources } = await container.readPartitionKeyRanges({ abortSignal }).fetchAll()
      return { ranges: resources, headers: {} }
    },
  })
  return ranges.map(({ id, minInclusive, maxExclusive }) => ({ id, min: minInclusive, max: maxExclusive }))
}

/** A query to one physical partition after the other, or to all at once. */
export type PartitionQueries = {
  /**
   * Asks every physical partition the same, each by itself, and answers each one's rows. The SDK's own way over
   * several partitions would merge what is ordered by UTF-16 units, where the server orders by code points, and so
   * would lose rows between two pages.
   *
   * @param most rows of each partition; it may answer some more
   */
  each<T>(operation: Operation, query: SqlQuerySpec, most: number): Promise<readonly (readonly T[])[]>
}

/** Makes what queries the physical partitions of a container; it knows them until one is gone. */
export function partitionQueries(open: OpenContainer): PartitionQueries {
  let known: readonly Partition[] | undefined
  return {
    async each<T>(operation: Operation, query: SqlQuerySpec, most: number) {
      for (let attempt = 0; ; attempt++) {
        known ??= await readPartitions(operation, open)
        const answers = await Promise.all(known.map(({ id }) => queryPartition<T>(operation, open, id, query, most)))
        if (answers.every((rows) => rows !== undefined)) return answers as T[][]
        known = undefined
        await operation.again(attempt)
      }
    },
  }
}

const GONE = 410

// What the service documents as the most rows of one page.
const MOST_A_PAGE = 1000

/**
 * Asks one physical partition.
 *
 * @returns undefined when it is gone, split or merged
 */
async function queryPartition<T>(
  operation: Operation,
  { container, sessions }: OpenContainer,
  id: string,
  query: SqlQuerySpec,
  most: number,
): Promise<T[] | undefined> {
  const rows: T[] = []
  let continuation: string | undefined
  do {
    const page = await operation.request({
      sessions,
      kind: 'read',
      send: (options) => {
        const sent = {
          ...options,
          initialHeaders: { ...options.initialHeaders, 'x-ms-documentdb-partitionkeyrangeid': id },
          maxItemCount: Math.min(most - rows.length, MOST_A_PAGE),
          ...(continuation !== undefined && { continuationToken: continuation }),
        }
        return unplanned(container.items.query<T>(query, sent)).fetchNext().then(toPage, goneOrThrow)
      },
    })
    if (page.isGone) return undefined
    rows.push(...page.rows)
    continuation = page.continuation
  } while (continuation !== undefined && rows.length < most)
  return rows
}

const toPage = <T>({ resources, continuationToken, requestCharge }: FeedResponse<T>) => ({
  isGone: false as const,
  rows: resources ?? [],
  continuation: continuationToken || undefined,
  headers: { 'x-ms-request-charge': requestCharge },
})

// Asking the same partition again would not help, so this is an answer and no failure that is met by a repeat.
function goneOrThrow(error: unknown) {
  if (failureOf(error).status !== GONE) throw error
  return { isGone: true as const, headers: {} }
}
