import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { HUSK, TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog, Located } from '../../core/port/event-log.ts'
import { decodePosition, type PositionMark } from '../../core/position-token.ts'
import type { Operation } from './client/request.ts'
import { lsnOf } from './client/sessions.ts'
import { concurrently } from './concurrently.ts'
import type { StoredEvent } from './documents.ts'
import { etagAfter } from './feed/etag.ts'
import { feedOfStream } from './feed/of-stream.ts'
import type { Handle } from './handle.ts'
import { hashOf } from './hash.ts'
import { readDocument } from './stored.ts'
import { readHead } from './stream-query.ts'

const AT_ONCE = 8

/**
 * `EventLog.locate`. An append is not told its LSN, only a session token that it is not past; most often it is right
 * there. So the event is looked for in the feed of its stream from just before that place, then in all of it.
 */
export function locator(handle: Handle): EventLog['locate'] {
  const { containers, incarnation } = handle

  async function locate(operation: Operation, mark: PositionMark): Promise<Located> {
    const { streamId, version, session } = mark
    const stream = { streamId, hash: hashOf(streamId) }
    containers.events.sessions.merge(session)
    const likely = mark.lsn ?? lsnOf(session) ?? 0
    const event =
      (likely > 1 && (await find(operation, mark, etagAfter(likely - 1)))) || (await find(operation, mark, ''))
    if (event) return { ...stream, at: { lsn: Number(event._lsn), hash: stream.hash, version } }
    // The feed may be read from a replica that is behind. A read under the position's session is not.
    const stored = await readDocument<StoredEvent>(operation, containers.events, `${streamId}:${version}`, streamId)
    if (stored !== undefined) return { ...stream, at: stored.document.eventType === HUSK ? 'erased' : 'pending' }
    const { head } = await readHead(operation, handle, streamId)
    return { ...stream, at: head?.eventType === TOMBSTONE ? 'erased' : 'pending' }
  }

  async function find(
    operation: Operation,
    { streamId, version }: PositionMark,
    etag: string,
  ): Promise<StoredEvent | undefined> {
    for await (const event of feedOfStream(operation, handle, streamId, etag)) {
      // A husk is a later write in the event's place.
      if (event.stream.version === version) return event.eventType === HUSK ? undefined : event
    }
    return undefined
  }

  return async (position) => {
    handle.assertOpen()
    const { incarnation: of, marks } = decodePosition(position)
    if (of !== incarnation) throw new IncarnationMismatch('The position', incarnation, of)
    return handle.run('locate', async (operation) => {
      const located = new Map<PositionMark, Located>()
      await concurrently(AT_ONCE, marks, async (mark) => located.set(mark, await locate(operation, mark)))
      return marks.map((mark) => located.get(mark) as Located)
    })
  }
}
