import type { SqlParameter } from '@azure/cosmos'
import { sessionOf } from '../client/answers.ts'
import { fetchPage } from '../client/fetch-page.ts'
import type { Operation } from '../client/operation.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'

/** A result together with the session token of its partition. */
export type WithSession<T> = T & { readonly session: string | undefined }

/** Selects events of one stream, in an order of versions. */
export type StreamSql = {
  /** A condition; default: all. */
  readonly where?: string
  readonly parameters?: readonly SqlParameter[]
  /** Default: none. */
  readonly order?: 'ASC' | 'DESC'
  /** The maximum number of rows in the whole result. */
  readonly top?: number
}

/** Rows of a query, whether they are all, and the partition's session token. */
export type Rows<T> = WithSession<{ readonly rows: readonly T[]; readonly complete: boolean }>

const MAX_PAGE = 1000

/**
 * Queries one stream, page after page until there are enough rows, with the latest session token. Between pages the
 * stream may change.
 *
 * The stream's id is in the condition and in the order, although the partition key is sent, too: an index spans all
 * streams of a physical partition, and only the one on both paths leads directly to the stream's own events in their
 * order.
 *
 * @param enough stop at that many rows
 */
export async function queryStream(
  operation: Operation,
  { containers: { events } }: Pick<Handle, 'containers'>,
  streamId: string,
  { where, parameters = [], order, top }: StreamSql,
  enough: number = Number.POSITIVE_INFINITY,
): Promise<Rows<StoredEvent>> {
  const query = [
    `SELECT ${top === undefined ? '' : `TOP ${top} `}* FROM c WHERE c.stream.id = @stream`,
    where === undefined ? '' : ` AND (${where})`,
    order === undefined ? '' : ` ORDER BY c.stream.id ${order}, c.stream.version ${order}`,
  ].join('')
  const sql = { query, parameters: [{ name: '@stream', value: streamId }, ...parameters] }
  const rows: StoredEvent[] = []
  let continuation: string | undefined
  let session: string | undefined
  do {
    const page = await operation.request({
      in: events,
      at: { key: streamId },
      kind: 'read',
      send: (options) =>
        fetchPage<StoredEvent>(events, sql, {
          ...options,
          partitionKey: streamId,
          maxItemCount: Math.min(enough, MAX_PAGE),
          ...(continuation && { continuationToken: continuation }),
        }),
    })
    rows.push(...page.rows)
    continuation = page.continuation
    session = sessionOf(page.headers) ?? session
  } while (continuation !== undefined && rows.length < enough)
  return { rows, complete: continuation === undefined, session }
}

/** The last event of a stream, or undefined if it does not exist. */
export async function readHead(
  operation: Operation,
  handle: Pick<Handle, 'containers'>,
  streamId: string,
): Promise<WithSession<{ readonly head: StoredEvent | undefined }>> {
  const { rows, session } = await queryStream(operation, handle, streamId, { order: 'DESC', top: 1 })
  return { head: rows[0], session }
}
