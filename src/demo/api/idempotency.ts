import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { uuidOf } from '../../core/append/uuid.ts'
import { CommandIdReused, WrongExpectedVersion } from '../../core/errors/append.ts'
import { defineEvents } from '../../core/events/define-events.ts'
import { eventStore } from '../../core/events/event-store.ts'
import type { UserMetadata } from '../../core/events/types.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'
import { formatStreamId } from '../../core/stream-id.ts'
import type { Storage } from '../../views/with-views.ts'
import { WrongActivationCode } from '../domain/errors.ts'
import type { CommandOptions, MeterWrite } from '../domain/meters.ts'

/** A caller's id for a command: repeating the request with it returns the first result. */
export const IDEMPOTENCY_HEADER = 'idempotency-key'

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
 * Executes a request's command: its idempotency key is the command id, a fingerprint of method, path and body
 * distinguishes it from other commands, and its id is the correlation id.
 *
 * A repository finds a command id within one meter. A stream of one event for each key detects its use for another
 * meter. It is written after the command succeeded, so a refused command writes nothing, and its key stays free.
 *
 * @throws CommandIdReused if the key belongs to another request; and what the command throws
 */
export async function carryOut(
  storage: Storage,
  request: FastifyRequest,
  command: (options: CommandOptions) => Promise<MeterWrite>,
): Promise<MeterWrite> {
  const metadata = { correlationId: request.id }
  const key = request.headers[IDEMPOTENCY_HEADER]
  if (typeof key !== 'string') return command({ metadata })
  const named = namedRequest(key, request)
  await assertFree(storage, named)
  const keep = () => keepKey(storage, named, metadata)
  try {
    const write = await command({ commandId: key, fingerprint: named.fingerprint, metadata })
    await keep()
    return write
  } catch (error) {
    // The attempt was recorded, so the command was executed.
    if (error instanceof WrongActivationCode) await keep()
    throw error
  }
}

type NamedRequest = { readonly key: string; readonly fingerprint: string; readonly streamId: string }

function namedRequest(key: string, { method, body, url }: FastifyRequest): NamedRequest {
  const content = [method, url.split('?', 1)[0] ?? '', (body ?? null) as Json]
  const fingerprint = createHash('sha256').update(canonicalJson(content)).digest('hex')
  const id = createHash('sha256').update(key).digest('hex')
  return { key, fingerprint, streamId: formatStreamId({ category: 'request', id }) }
}

async function assertFree(storage: Storage, { key, fingerprint, streamId }: NamedRequest): Promise<void> {
  const { events } = await eventStore(storage, requestEvents).load(streamId, { limit: 1 })
  if (events.some(({ data }) => data.fingerprint !== fingerprint)) throw new CommandIdReused(key)
}

async function keepKey(storage: Storage, { key, fingerprint, streamId }: NamedRequest, metadata: UserMetadata) {
  const named = { type: 'RequestNamed', id: uuidOf('request', key, fingerprint), data: { key, fingerprint } } as const
  const options = { expectedVersion: 'noStream', metadata } as const
  try {
    await eventStore(storage, requestEvents).append(streamId, [named], options)
  } catch (error) {
    // Another request with the same key was first, which does not affect this one: it has been executed.
    if (!(error instanceof WrongExpectedVersion)) throw error
  }
}
