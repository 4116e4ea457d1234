import type { FeedOptions, FeedResponse, QueryIterator, SqlQuerySpec } from '@azure/cosmos'
import type { Headers } from './failures/failure.ts'
import type { OpenContainer } from './open-container.ts'

/** One page of a query or of the change feed. */
export type Page<T> = {
  readonly rows: readonly T[]
  /** From where the query resumes, if there may be more. */
  readonly continuation: string | undefined
  readonly headers: Headers
}

// The failure if the SDK uses a plan after all.
const NO_PLAN: unknown = new Error('A query of one partition needs no plan')

/**
 * Fetches one page from one partition, in one request. The SDK would request a query plan with every iterator, and use
 * it only if the server requires one, which no query of one partition does.
 *
 * @param query without one, documents are read by headers, as the change feed is
 */
export async function fetchPage<T>(
  { container }: OpenContainer,
  query: SqlQuerySpec | undefined,
  options: FeedOptions,
): Promise<Page<T>> {
  // The SDK itself reads databases and containers without a query in this way; its types do not show it for items.
  const iterator = container.items.query<T>(query as SqlQuerySpec, options)
  // Both fields are private. Without this promise, plans would be requested again, and nothing else would change.
  const planned: QueryIterator<T> = Object.assign(iterator, { queryPlanPromise: Promise.resolve(NO_PLAN) })
  const response: FeedResponse<T> = await planned.fetchNext()
  const { headers } = response as unknown as { readonly headers: Headers }
  return { rows: response.resources ?? [], continuation: response.continuationToken || undefined, headers }
}
