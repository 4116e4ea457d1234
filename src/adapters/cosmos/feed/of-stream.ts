import { ChangeFeedStartFrom } from '@azure/cosmos'
import type { Operation } from '../client/request.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { partitionKeyToken } from './sdk-token.ts'

const NOT_MODIFIED = 304
const LOOK = 100

/** The feed of one stream, which is one logical partition, behind an ETag: document after document. */
export async function* feedOfStream(
  operation: Operation,
  { containers, eventsRid }: Handle,
  streamId: string,
  etag: string,
): AsyncGenerator<StoredEvent> {
  const { container, sessions } = containers.events
  const token = sessions.token
  const iterator = container.items.getChangeFeedIterator<StoredEvent>({
    changeFeedStartFrom: ChangeFeedStartFrom.Continuation(partitionKeyToken(eventsRid, streamId, etag)),
    maxItemCount: LOOK,
    ...(token !== undefined && { sessionToken: token }),
  })
  for (;;) {
    const { statusCode, result } = await operation.request({ sessions, kind: 'read', send: () => iterator.readNext() })
    if (statusCode === NOT_MODIFIED) return
    yield* result
  }
}
