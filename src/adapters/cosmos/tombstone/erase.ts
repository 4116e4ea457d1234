import type { JSONObject, OperationInput } from '@azure/cosmos'
import { StreamNotFound } from '../../../core/errors/append.ts'
import { HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import { execute } from '../append/procedure.ts'
import { batch } from '../client/batch.ts'
import { AnswerLost, refusalOf } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import { huskOf, type StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { readStorageDocument } from '../setup/storage-document.ts'
import { refreshStream } from '../streams/refresh.ts'
import { queryStream, readHead } from '../streams/stream-query.ts'

// How many events one transaction erases: few enough for a script's five seconds, and as many as a batch can hold.
const CHUNK = 100

/**
 * Erases by `stored-procedures/tombstone-stream.js`. If any process may append by batch, the ids stay taken: this is
 * looked up each time, because it may have started since the storage was opened.
 *
 * @returns whether nothing is left
 */
export async function eraseByProcedure(
  operation: Operation,
  handle: Handle,
  streamId: string,
  limit: number,
): Promise<boolean> {
  const { batchAppends = false } = await readStorageDocument(operation, handle.containers.leases)
  let chunk = CHUNK
  for (let left = limit; left > 0; ) {
    const request = { streamId, limit: Math.min(left, chunk), keepIds: batchAppends }
    const { tombstone } = handle.procedures
    const answer = await execute<Erased, typeof request>(operation, handle, tombstone, streamId, request, {
      lessen: (refused) => {
        chunk = Math.max(1, Math.floor(refused.limit / 2))
        return { ...refused, limit: chunk }
      },
    })
    if (answer.outcome === 'notFound') throw new StreamNotFound(streamId)
    if (answer.done) return true
    left -= answer.erased
  }
  return false
}

type Erased =
  | { readonly outcome: 'erased'; readonly erased: number; readonly done: boolean }
  | { readonly outcome: 'notFound' }

/** Erases by transactional batches, replacing each event with a placeholder. @returns whether nothing is left */
export async function eraseByBatch(
  operation: Operation,
  handle: Handle,
  streamId: string,
  limit: number,
): Promise<boolean> {
  await assertEnded(operation, handle, streamId)
  for (let left = limit, attempt = 0; left > 0; ) {
    const events = await lastEvents(operation, handle, streamId, Math.min(left, CHUNK))
    if (events.length === 0) return true
    const erased = await replace(operation, handle, streamId, events)
    if (erased) left -= events.length
    else await operation.again(attempt++)
    if (erased && events.at(-1)?.stream.version === 1) return true
  }
  return false
}

async function assertEnded(operation: Operation, handle: Handle, streamId: string): Promise<void> {
  const isEnded = async () => (await readHead(operation, handle, streamId)).head?.eventType === TOMBSTONE
  if (await isEnded()) return
  await refreshStream(operation, handle, streamId)
  if (!(await isEnded())) throw new StreamNotFound(streamId)
}

async function lastEvents(operation: Operation, handle: Handle, streamId: string, count: number) {
  const query = {
    where: 'NOT ARRAY_CONTAINS(@own, c.eventType)',
    parameters: [{ name: '@own', value: [TOMBSTONE, HUSK] }],
    order: 'DESC',
  } as const
  return (await queryStream(operation, handle, streamId, query, count)).rows.slice(0, count)
}

/** Whether it was done; false if another process erased it first, or if the outcome is unknown. */
async function replace(
  operation: Operation,
  { containers: { events: target } }: Handle,
  streamId: string,
  events: readonly StoredEvent[],
): Promise<boolean> {
  const replaces = events.map((event): OperationInput => {
    const resourceBody = huskOf(event) as unknown as JSONObject & { id: string }
    return { operationType: 'Replace', id: event.id, ifMatch: event._etag, resourceBody }
  })
  try {
    await batch(operation, { ...target, kind: 'write' }, streamId, replaces)
    return true
  } catch (error) {
    const status = refusalOf(error)
    if (error instanceof AnswerLost || status === 404 || status === 409 || status === 412) return false
    throw error
  }
}
