import { createHash } from 'node:crypto'
import type { CloudEvent } from '../../cloud-events/cloud-event.ts'
import { PayloadTampered } from '../../core/errors/payload.ts'
import type { BusMessage } from './bus.ts'

/** Where the data of messages is kept that are too large for the bus: a payload store, such as `s3Payloads` creates. */
export type ClaimStore = {
  /** For messages, never a secret. */
  readonly name: string
  /** Stores an object durably; an object of the same key is replaced. @throws PayloadStoreFailed */
  put(key: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void>
  /** The object, or undefined if the store says that there is none. @throws PayloadStoreFailed */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array | undefined>
}

// The extension `dataref` of CloudEvents: a URI of the data, which is then not in the message.
const SCHEME = 'payload:'

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Stores a message's data, and returns the message with a reference instead. Nothing removes what was stored, because
 * services may still read it: give the store a rule that lets objects expire after a time longer than the bus keeps
 * messages.
 *
 * @throws PayloadStoreFailed
 */
export async function checkIn(store: ClaimStore, message: BusMessage, signal?: AbortSignal): Promise<BusMessage> {
  const { attributes, data } = message.event
  // The hash makes an object that was changed noticeable.
  const key = `messages/${encodeURIComponent(attributes.id)}/${hashOf(data)}`
  await store.put(key, data, signal)
  const event: CloudEvent = { attributes: { ...attributes, dataref: SCHEME + key }, data: new Uint8Array() }
  return { ...message, event }
}

/** The key under which the data of a message is in the claim store, if it is there. */
export function claimOf({ attributes: { dataref } }: CloudEvent): string | undefined {
  return typeof dataref === 'string' && dataref.startsWith(SCHEME) ? dataref.slice(SCHEME.length) : undefined
}

// A sender that is not ours must not choose which object is read, nor a key that the store refuses each time.
const KEY = /^messages\/[^/]{1,800}\/[0-9a-f]{64}$/

/**
 * Reads the data of a message.
 *
 * @returns undefined if the store has no such object
 * @throws PayloadStoreFailed; PayloadTampered if it is not what was stored
 */
export async function checkOut(store: ClaimStore, key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
  if (!KEY.test(key)) return undefined
  const bytes = await store.get(key, signal)
  if (bytes === undefined) return undefined
  if (key.slice(key.lastIndexOf('/') + 1) !== hashOf(bytes)) {
    throw new PayloadTampered('of a message', 'data', { rule: store.name, key })
  }
  return bytes
}
