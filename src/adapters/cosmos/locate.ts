import { concurrently } from '../../core/async/concurrently.ts'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { HUSK, TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog, Located } from '../../core/port/event-log.ts'
import { decodePosition, type PositionMark } from '../../core/positions/position-token.ts'
import type { Operation } from './client/operation.ts'
import { lsnOf } from './client/sessions/session-token.ts'
import { findLsn, lsnIfAt } from './feed/find-in-feed.ts'
import type { Handle } from './handle.ts'
import { hashOf } from './partitions/hash.ts'
import { readAtPrimary } from './streams/refresh.ts'
import { readHead } from './streams/stream-query.ts'

const AT_ONCE = 8

// Milliseconds by which the server's clocks may differ; an event that is not found since then is searched for further
// back.
const SLACK = [60_000, 3_600_000]

/**
 * `EventLog.locate`. An append does not learn its LSN, only a session token that is an upper bound; usually it is
 * exact. So the event is searched for in the feed of its stream from just before that place and, if it is not there,
 * from about its write time: the feed of one stream costs as much as what is written to all streams of its partition.
 *
 * A token comes from outside. Its session is only a hint where to search; it is never sent, nor merged into the session
 * of this handle, which would then wait for it indefinitely.
 */
export function locator(handle: Handle): EventLog['locate'] {
  async function locate(operation: Operation, mark: PositionMark): Promise<Located> {
    const { streamId, version } = mark
    const stream = { streamId, hash: hashOf(streamId) }
    const found = await find(operation, mark)
    return { ...stream, at: typeof found === 'number' ? { lsn: found, hash: stream.hash, version } : found }
  }

  async function find(operation: Operation, mark: PositionMark): Promise<number | 'erased' | 'pending'> {
    const { streamId, version } = mark
    const likely = mark.lsn ?? lsnOf(mark.session) ?? 0
    const isLsn = Number.isSafeInteger(likely) && likely > 0
    const there = isLsn ? await lsnIfAt(operation, handle, mark, likely) : undefined
    if (there !== undefined) return there
    // A replica may not show the event yet; after the primary has responded, none may hide it.
    const event = await readAtPrimary(operation, handle, streamId, version)
    if (event === undefined) return (await isEnded(operation, streamId)) ? 'erased' : 'pending'
    // A placeholder is a later write that replaced the event.
    if (event.eventType === HUSK) return 'erased'
    for (const slack of SLACK) {
      const since = new Date(event._ts * 1000 - slack)
      const found = await findLsn(operation, handle, mark, { since })
      if (found !== undefined) return found
    }
    return (await findLsn(operation, handle, mark, { etag: '' })) ?? 'pending'
  }

  const isEnded = async (operation: Operation, streamId: string): Promise<boolean> =>
    (await readHead(operation, handle, streamId)).head?.eventType === TOMBSTONE

  return async (position) => {
    handle.assertOpen()
    const { incarnation: of, marks } = decodePosition(position)
    if (of !== handle.incarnation) throw new IncarnationMismatch('The position', handle.incarnation, of)
    return handle.run('locate', async (operation) => {
      const located = new Map<PositionMark, Located>()
      await concurrently(AT_ONCE, marks, async (mark) => void located.set(mark, await locate(operation, mark)))
      return marks.map((mark) => located.get(mark) as Located)
    })
  }
}
