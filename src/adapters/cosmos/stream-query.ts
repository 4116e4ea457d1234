import type { WithSession } from './append-request.ts'
import type { Headers } from './client/errors.ts'
import { type Operation, sessionOf } from './client/request.ts'
import { unplanned } from './client/unplanned.ts'
import type { Sql } from './conditions.ts'
import type { StoredEvent } from './documents.ts'
import type { Handle } from './handle.ts'

/** Rows of a query, whether they are all, and the partition's session token. */
export type Rows<T> = WithSession<{ readonly rows: readonly T[]; readonly complete: boolean }>

/**
 * Queries one stream, page after page until there are enough rows, under the newest session token. Between pages the
 * stream may change.
 *
 * @param enough stop at that many rows
 */
export async function queryStream<T = StoredEvent>(
  operation: Operation,
  { containers: { events } }: Handle,
  streamId: string,
  query: Sql,
  enough: number = Number.POSITIVE_INFINITY,
): Promise<Rows<T>> {
  const { container, sessions } = events
  const rows: T[] = []
  let continuation: string | undefined
  let session: string | undefined
  do {
    const page = await operation.request({
      sessions,
      kind: 'read',
      send(options) {
        const sent = {
          ...options,
          partitionKey: streamId,
          maxItemCount: Math.min(enough, MAX_PAGE),
          ...(continuation && { continuationToken: continuation }),
        }
        return unplanned(container.items.query<T>(query, sent)).fetchNext()
      },
    })
    rows.push(...(page.resources ?? []))
    continuation = page.continuationToken
    // Declared private, though nothing else tells it.
    session = sessionOf((page as unknown as { headers: Headers }).headers) ?? session
  } while (continuation && rows.length < enough)
  return { rows, complete: !continuation, session }
}

const MAX_PAGE = 1000

/** The last event of a stream, or undefined when it does not exist. */
export async function readHead(
  operation: Operation,
  handle: Handle,
  streamId: string,
): Promise<WithSession<{ readonly head: StoredEvent | undefined }>> {
  const query = { query: 'SELECT TOP 1 * FROM c ORDER BY c.stream.version DESC', parameters: [] }
  const { rows, session } = await queryStream(operation, handle, streamId, query)
  return { head: rows[0], session }
}
