import { prepareAppend } from '../../core/append/prepare-append.ts'
import { EventIdReused, StreamDeleted, WrongExpectedVersion } from '../../core/errors/append.ts'
import { AppendTooLarge } from '../../core/errors/input.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import { encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { appendByBatch } from './append/by-batch.ts'
import { byProcedureOrBatch } from './append/by-either.ts'
import { LIMITS } from './append/limits.ts'
import { execute } from './append/procedure.ts'
import { type AppendOutcome, type AppendRequest, appendRequest } from './append/request.ts'
import { refusalOf } from './client/failures/errors.ts'
import type { Operation } from './client/operation.ts'
import type { Handle } from './handle.ts'
import { hashOf } from './partitions/hash.ts'
import type { WithSession } from './streams/stream-query.ts'

/** `EventLog.append`. */
export function appender(handle: Handle): EventLog['append'] {
  const appendBy = handle.appendMode === 'storedProcedure' ? appendByProcedure : appendByBatch
  return async (streamId, events, options) => {
    handle.assertOpen()
    const { expectedVersion } = options
    const prepared = prepareAppend(streamId, events, options, handle.limits)
    const request = appendRequest(handle, streamId, options, prepared)
    const answer = await handle.run('append', async (operation) => {
      try {
        return await appendBy(operation, handle, request)
      } catch (error) {
        if (refusalOf(error) !== 413) throw error
        const bytes = Buffer.byteLength(JSON.stringify(request))
        throw new AppendTooLarge('bytes', bytes, handle.limits.bytesPerAppend, { cause: error })
      }
    })
    switch (answer.outcome) {
      case 'appended':
      case 'duplicate': {
        const { version, appendId, session } = answer
        // An event with this call's own append id was written by it, before a response was lost.
        const duplicate = appendId !== request.appendId
        if (!duplicate) handle.committed.events.notify()
        return { version, position: positionAt(handle, streamId, version, session), duplicate }
      }
      case 'conflict':
        throw new WrongExpectedVersion(streamId, expectedVersion, answer.actual)
      case 'eventIdReused':
        throw new EventIdReused(streamId, answer.eventId)
      case 'deleted':
        throw new StreamDeleted(streamId)
    }
  }
}

// How often the server may refuse a call of the script before a batch is tried, which the server delays instead of
// refusing.
const MOST_REFUSALS = 2

function appendByProcedure(
  operation: Operation,
  handle: Handle,
  request: AppendRequest,
): Promise<WithSession<AppendOutcome>> {
  const fitsBatch = request.events.length <= LIMITS.transactionalBatch.eventsPerAppend
  return byProcedureOrBatch(
    operation,
    handle,
    () =>
      execute<AppendOutcome, AppendRequest>(operation, handle, handle.procedures.append, request.streamId, request, {
        ...(fitsBatch && { mostRefusals: MOST_REFUSALS }),
      }),
    fitsBatch ? () => appendByBatch(operation, handle, request) : undefined,
  )
}

/**
 * The token of a position in a stream. The LSN is known only when the feed is read; the session token is an upper bound
 * for it.
 */
export function positionAt(
  { incarnation }: Handle,
  streamId: string,
  version: number,
  session: string | undefined,
): PositionToken {
  const mark = { streamId, version, hash: hashOf(streamId), ...(session !== undefined && { session }) }
  return encodePosition({ incarnation, marks: [mark] })
}
