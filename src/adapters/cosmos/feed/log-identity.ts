import type { LastEvent } from '../../../core/adapters/continuation.ts'
import { LogDiverged } from '../../../core/errors/feed.ts'
import { eventReference } from '../../../core/events/event-reference.ts'
import { HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'
import { eventIdOf } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { readAtPrimary } from '../streams/refresh.ts'
import { readHead } from '../streams/stream-query.ts'
import { readAndCompare } from './same-container.ts'

type LogHandle = Pick<Handle, 'containers' | 'eventsRid' | 'incarnation'>

/**
 * Checks that an event is in the log, or was erased. It is read from the primary replica, because a lagging one might
 * lack it.
 *
 * @param derived a description of what was derived from it
 * @throws LogDiverged; IncarnationMismatch if the container was replaced
 */
export async function assertHolds(
  operation: Operation,
  handle: LogHandle,
  derived: string,
  { streamId, version, eventId }: LastEvent,
): Promise<void> {
  const found = await readAtPrimary(operation, handle, streamId, version)
  if (found !== undefined && (found.eventType === HUSK || eventIdOf(found) === eventId)) return
  if (found === undefined && (await readHead(operation, handle, streamId)).head?.eventType === TOMBSTONE) return
  await readAndCompare(operation, handle)
  throw new LogDiverged(derived, eventReference(streamId, version))
}
