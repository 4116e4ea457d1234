import type { FeedOptions, FeedResponse, QueryIterator, SqlQuerySpec } from '@azure/cosmos'
import type { Headers } from './failures/failure.ts'
import type { OpenContainer } from './open-container.ts'

/** One page of a query or of the change feed. */
export type Page<T> = {
  readonly rows: readonly T[]
  /** With what the query goes on, where there may be more. */
  readonly continuation: string | undefined
  readonly headers: Headers
}

// Where the SDK would look at a plan after all, this is what it fails with.
const NO_PLAN: unknown = new Error('A query of one partition needs no plan')

/**
 * Fetches one page from one partition, in one request. The SDK would ask for the plan of a query with every iterator, in
 * a request of its own, and look at it only where the server cannot answer without, which no query of one partition is.
 *
 * @param query without one, documents are read by their headers, as the change feed is
 */
export async function fetchPage<T>(
  { container }: OpenContainer,
  query: SqlQuerySpec | undefined,
  options: FeedOptions,
): Promise<Page<T>> {
  // The SDK reads databases and containers without a query in this way, too; its types do not show it for items.
  const iterator = container.items.query<T>(query as SqlQuerySpec, options)
  // Both fields are private. Were there no such promise, plans would be asked for again, and nothing else would change.
  const planned: QueryIterator<T> = Object.assign(iterator, { queryPlanPromise: Promise.resolve(NO_PLAN) })
  const response: FeedResponse<T> = await planned.fetchNext()
  const { headers } = response as unknown as { readonly headers: Headers }
  return { rows: response.resources ?? [], continuation: response.continuationToken || undefined, headers }
}
