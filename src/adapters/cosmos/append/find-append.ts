import { StreamDeleted } from '../../../core/errors/append.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { EventLog, FoundAppend } from '../../../core/port/event-log.ts'
import { assertStreamId } from '../../../core/stream-id.ts'
import { positionAt } from '../append.ts'
import type { Operation } from '../client/operation.ts'
import { Parameters } from '../conditions.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { refreshStream } from '../streams/refresh.ts'
import { queryStream } from '../streams/stream-query.ts'
import { LONGEST_APPEND } from './limits.ts'

/** `EventLog.findAppend`. */
export function appendFinder(handle: Handle): EventLog['findAppend'] {
  return async (streamId, eventId) => {
    handle.assertOpen()
    assertStreamId(streamId)
    return handle.run('findAppend', (operation) => findAppend(operation, handle, streamId, eventId))
  }
}

async function findAppend(
  operation: Operation,
  handle: Handle,
  streamId: string,
  eventId: string,
): Promise<FoundAppend | undefined> {
  const found = await lookForAppend(operation, handle, streamId, eventId)
  if (found.some(({ eventType }) => eventType === TOMBSTONE)) throw new StreamDeleted(streamId)
  const event = found[0]
  if (event === undefined) return undefined
  const { appendId, stream } = event
  if (appendId === undefined) {
    // Events of the .NET demo have no append id: each counts as an append.
    return {
      version: stream.version,
      position: positionAt(handle, streamId, stream.version, undefined),
      events: [toDocument(event)],
    }
  }
  const around = new Parameters()
  const { rows, session } = await queryStream(operation, handle, streamId, {
    where:
      `c.stream.version > ${around.add(stream.version - LONGEST_APPEND)}` +
      ` AND c.stream.version < ${around.add(stream.version + LONGEST_APPEND)}` +
      ` AND c.appendId = ${around.add(appendId)}`,
    parameters: around.all,
    order: 'ASC',
  })
  const version = rows.at(-1)?.stream.version ?? stream.version
  return { version, position: positionAt(handle, streamId, version, session), events: rows.map(toDocument) }
}

async function lookForAppend(
  operation: Operation,
  handle: Handle,
  streamId: string,
  eventId: string,
): Promise<readonly StoredEvent[]> {
  const byId = new Parameters()
  const id = byId.add(eventId)
  const sql = {
    where:
      `c.metadata.eventId = ${id} OR c.eventType = ${byId.add(TOMBSTONE)}` +
      ` OR (c.id = ${id} AND NOT IS_DEFINED(c.metadata.eventId))`,
    parameters: byId.all,
  }
  // A lagging replica does not show it yet, and a command that is mistaken for new would be executed twice.
  await refreshStream(operation, handle, streamId)
  return (await queryStream(operation, handle, streamId, sql)).rows
}
