import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CommandIdReused, WrongExpectedVersion } from '../../core/errors/append.ts'
import { canonicalJson } from '../../core/events/canonical.ts'
import { defineEvents } from '../../core/events/define-events.ts'
import { eventStore } from '../../core/events/event-store.ts'
import type { Json } from '../../core/json.ts'
import { formatStreamId } from '../../core/stream-id.ts'
import { uuidOf } from '../../core/uuid.ts'
import type { Storage } from '../../views/storage.ts'
import type { CommandOptions } from '../domain/meters.ts'

/** A caller's name for a command: sent again with the same request, it answers the first result. */
const IDEMPOTENCY_HEADER = 'idempotency-key'

/** The headers of a write. */
export const writeHeaders = z.object({
  [IDEMPOTENCY_HEADER]: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters')
    .optional(),
})

const requestEvents = defineEvents({
  /** From now on the key belongs to this request. */
  RequestNamed: z.strictObject({ key: z.string(), fingerprint: z.string() }),
})

/**
 * What a request says about its command: its idempotency key as the command id, a fingerprint of method, path and body,
 * and its id as the correlation id.
 *
 * A repository finds a command id within one meter. That the key is not used for another meter either is held by a
 * stream of one event per key: the same request appends the same event again, which changes nothing; another request
 * meets a stream that is not empty.
 *
 * @throws CommandIdReused when the key belongs to another request
 */
export async function commandOf(storage: Storage, request: FastifyRequest): Promise<CommandOptions> {
  const metadata = { correlationId: request.id }
  const key = request.headers[IDEMPOTENCY_HEADER]
  if (typeof key !== 'string') return { metadata }
  const { method, body, url } = request
  const content = [method, url.split('?', 1)[0] ?? '', (body ?? null) as Json]
  const fingerprint = createHash('sha256').update(canonicalJson(content)).digest('hex')
  const id = createHash('sha256').update(key).digest('hex')
  const named = { type: 'RequestNamed', id: uuidOf('request', key, fingerprint), data: { key, fingerprint } } as const
  try {
    await eventStore(storage, requestEvents).append(formatStreamId({ category: 'request', id }), [named], {
      expectedVersion: 'noStream',
      metadata,
    })
  } catch (error) {
    throw error instanceof WrongExpectedVersion ? new CommandIdReused(key) : error
  }
  return { commandId: key, fingerprint, metadata }
}
