import { createHash } from 'node:crypto'
import { z } from 'zod'
import { uuidOf } from '../../core/append/uuid.ts'
import { EventIdReused, WrongExpectedVersion } from '../../core/errors/append.ts'
import { PersonForgotten } from '../../core/errors/privacy.ts'
import { defineEvents } from '../../core/events/define-events.ts'
import { eventStore } from '../../core/events/event-store.ts'
import type { UserMetadata } from '../../core/events/types.ts'
import { formatStreamId } from '../../core/stream-id.ts'
import type { Storage } from '../../views/with-views.ts'

const requestEvents = defineEvents({
  /** From now on the key belongs to this request. */
  RequestNamed: {
    schema: z.strictObject({
      key: z.string(),
      fingerprint: z.string(),
      /** Of a request about a customer: whose, and the fingerprint of what is personal. */
      customerId: z.string().optional(),
      personalFingerprint: z.string().nullable().optional(),
    }),
    personal: { of: ({ customerId }) => customerId, fields: { personalFingerprint: null } },
  },
})

/** A request that its caller gave a key. */
export type NamedRequest = {
  readonly key: string
  /** Of method, path, and what of the body is not personal. */
  readonly fingerprint: string
  readonly customerId?: string
  /** Of method, path, and what of the body is personal. */
  readonly personalFingerprint?: string
}

/** The request that a key belongs to, without what was forgotten. */
export async function findNamed(storage: Storage, key: string): Promise<Omit<NamedRequest, 'customerId'> | undefined> {
  const { events } = await eventStore(storage, requestEvents).load(streamOf(key), { limit: 1 })
  const [event] = events
  if (event === undefined) return undefined
  const { fingerprint, personalFingerprint } = event.data
  return { key, fingerprint, ...(typeof personalFingerprint === 'string' && { personalFingerprint }) }
}

/** Makes a key belong to a request, unless it already belongs to one. */
export async function keepNamed(storage: Storage, named: NamedRequest, metadata: UserMetadata): Promise<void> {
  const { key, fingerprint } = named
  const event = { type: 'RequestNamed', id: uuidOf('request', key, fingerprint), data: { ...named } } as const
  try {
    await eventStore(storage, requestEvents).append(streamOf(key), [event], { expectedVersion: 'noStream', metadata })
  } catch (error) {
    // The request has been executed. Another one with the same key may have been first, or its customer was forgotten.
    if (!EXPECTED.some((kind) => error instanceof kind)) throw error
  }
}

const EXPECTED = [WrongExpectedVersion, EventIdReused, PersonForgotten]

const streamOf = (key: string): string =>
  formatStreamId({ category: 'request', id: createHash('sha256').update(key).digest('hex') })
