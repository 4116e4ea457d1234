import { StreamDeleted } from '../../core/errors/append.ts'
import { TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog, FoundAppend } from '../../core/port/event-log.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { positionAt } from './append.ts'
import type { Operation } from './client/request.ts'
import { Parameters } from './conditions.ts'
import { toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import { queryStream } from './stream-query.ts'

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
  const byId = new Parameters()
  const id = byId.add(eventId)
  const { rows: found } = await queryStream(operation, handle, streamId, {
    query:
      `SELECT * FROM c WHERE c.metadata.eventId = ${id} OR c.eventType = ${byId.add(TOMBSTONE)}` +
      ` OR (c.id = ${id} AND NOT IS_DEFINED(c.metadata.eventId))`,
    parameters: byId.all,
  })
  if (found.some(({ eventType }) => eventType === TOMBSTONE)) throw new StreamDeleted(streamId)
  const event = found[0]
  if (event === undefined) return undefined
  const { appendId, stream } = event
  if (appendId === undefined) {
    // What the .NET demo wrote bears no mark: each event counts as an append.
    return {
      version: stream.version,
      position: positionAt(handle, streamId, stream.version, undefined),
      events: [toDocument(event)],
    }
  }
  const { eventsPerAppend } = handle.limits
  const around = new Parameters()
  const { rows, session } = await queryStream(operation, handle, streamId, {
    query:
      `SELECT * FROM c WHERE c.stream.version > ${around.add(stream.version - eventsPerAppend)}` +
      ` AND c.stream.version < ${around.add(stream.version + eventsPerAppend)}` +
      ` AND c.appendId = ${around.add(appendId)} ORDER BY c.stream.version ASC`,
    parameters: around.all,
  })
  const version = rows.at(-1)?.stream.version ?? stream.version
  return { version, position: positionAt(handle, streamId, version, session), events: rows.map(toDocument) }
}
