import { isExpected } from '../../core/append/expected-version.ts'
import { prepareTombstone } from '../../core/append/prepare-append.ts'
import { EventIdReused, StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../../core/errors/append.ts'
import { TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import { eraseLimitOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { write } from './append/by-batch.ts'
import { byProcedureOrBatch } from './append/by-either.ts'
import { execute } from './append/procedure.ts'
import { type AppendRequest, appendRequest } from './append/request.ts'
import { positionAt } from './append.ts'
import type { Operation } from './client/operation.ts'
import { eventIdOf, type StoredEvent } from './documents.ts'
import type { Handle } from './handle.ts'
import { lookForIds } from './streams/head-and-ids.ts'
import { refreshStream } from './streams/refresh.ts'
import { readHead, type WithSession } from './streams/stream-query.ts'
import { eraseByBatch, eraseByProcedure } from './tombstone/erase.ts'

// As the stored procedure returns it.
type Outcome =
  | { readonly outcome: 'tombstoned' | 'duplicate'; readonly version: number; readonly appendId?: string }
  | { readonly outcome: 'deleted' | 'conflict' | 'notFound'; readonly actual: number }
  | { readonly outcome: 'eventIdReused'; readonly eventId: string }

/** The deleting half of the event log. */
export function deleter(handle: Handle): Pick<EventLog, 'tombstone' | 'erase'> {
  const byMode = <T>(operation: Operation, byProcedure: () => Promise<T>, byBatch: () => Promise<T>): Promise<T> =>
    handle.appendMode === 'storedProcedure' ? byProcedureOrBatch(operation, handle, byProcedure, byBatch) : byBatch()

  return {
    async tombstone(streamId, marker, options) {
      handle.assertOpen()
      const { expectedVersion } = options
      const request = appendRequest(handle, streamId, options, [prepareTombstone(streamId, marker, options)])
      const answer = await handle.run('tombstone', (operation) =>
        byMode(
          operation,
          () => tombstoneByProcedure(operation, handle, request),
          () => tombstoneByBatch(operation, handle, request),
        ),
      )
      switch (answer.outcome) {
        case 'tombstoned':
        case 'duplicate': {
          const { version, appendId, session } = answer
          const duplicate = appendId !== request.appendId
          if (!duplicate) handle.committed.events.notify()
          return { version, position: positionAt(handle, streamId, version, session), duplicate }
        }
        case 'deleted':
          throw new StreamDeleted(streamId)
        case 'notFound':
          throw new StreamNotFound(streamId)
        case 'conflict':
          throw new WrongExpectedVersion(streamId, expectedVersion, answer.actual)
        case 'eventIdReused':
          throw new EventIdReused(streamId, answer.eventId)
      }
    },
    async erase(streamId, options) {
      handle.assertOpen()
      assertStreamId(streamId)
      const limit = eraseLimitOf(options)
      const done = await handle.run('erase', (operation) =>
        byMode(
          operation,
          () => eraseByProcedure(operation, handle, streamId, limit),
          () => eraseByBatch(operation, handle, streamId, limit),
        ),
      )
      return { done }
    },
  }
}

function tombstoneByProcedure(operation: Operation, handle: Handle, request: AppendRequest) {
  const { streamId, expectedVersion, events, appendId, recordedAt } = request
  const marker = { metadata: events[0]?.metadata }
  const asked = { streamId, expectedVersion, marker, appendId, recordedAt }
  return execute<Outcome, object>(operation, handle, handle.procedures.tombstone, streamId, asked)
}

async function tombstoneByBatch(
  operation: Operation,
  handle: Handle,
  request: AppendRequest,
): Promise<WithSession<Outcome>> {
  const { streamId } = request
  let fresh = false
  for (let attempt = 0; ; attempt++) {
    const { outcome, head, session } = await judge(operation, handle, request)
    if (outcome !== undefined) {
      // A lagging replica may be the reason why a stream appears not to reach that far.
      const isBehind = outcome.outcome === 'notFound' || outcome.outcome === 'conflict'
      if (fresh || !isBehind) return { ...outcome, session }
      await refreshStream(operation, handle, streamId)
      fresh = true
      continue
    }
    const written = await write(operation, handle, request, head)
    if (written !== 'raced' && written !== 'lost') return { ...written, outcome: 'tombstoned' }
    fresh = written === 'raced'
    await operation.again(attempt)
  }
}

async function judge(operation: Operation, handle: Handle, request: AppendRequest) {
  const { streamId, expectedVersion, events } = request
  const eventId = events[0]?.metadata.eventId ?? ''
  const { head, session } = await readHead(operation, handle, streamId)
  const judged = (outcome: Outcome | undefined) => ({ outcome, head, session })
  if (head === undefined) return judged({ outcome: 'notFound', actual: 0 })
  const actual = head.stream.version
  if (head.eventType === TOMBSTONE)
    return judged(eventIdOf(head) === eventId ? repeated(head) : { outcome: 'deleted', actual })
  if (!isExpected(expectedVersion, actual)) return judged({ outcome: 'conflict', actual })
  const { known } = await lookForIds(operation, handle, streamId, [eventId])
  const bearer = known.get(eventId)
  // Between the two queries, this marker itself may have become visible.
  if (bearer?.eventType === TOMBSTONE) return judged(repeated(bearer))
  return judged(bearer && { outcome: 'eventIdReused', eventId })
}

function repeated({ stream, appendId }: StoredEvent): Outcome {
  return { outcome: 'duplicate', version: stream.version, ...(appendId && { appendId }) }
}
