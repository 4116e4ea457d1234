import { codec, type Typed } from '../../messages/codec.ts'
import { encodeMessage, withAnnotations } from '../../messages/message.ts'
import type { StoredMessage } from './stored-message.ts'

/** How the service writes the state of a message. */
const STATE = { active: 0, deferred: 1, scheduled: 2 } as const

/** A message as its receivers get it, with what the broker knows about it. */
export function annotated(stored: StoredMessage, withBody = true): Buffer {
  const annotations: [string, Typed][] = [
    ['x-opt-enqueued-time', codec.wrap_timestamp(stored.enqueuedAt)],
    ['x-opt-sequence-number', codec.wrap_long(stored.sequenceNumber)],
    ['x-opt-enqueue-sequence-number', codec.wrap_long(stored.enqueuedSequenceNumber)],
    ['x-opt-message-state', codec.wrap_int(STATE[stored.state])],
  ]
  if (stored.lock !== undefined) annotations.push(['x-opt-locked-until', codec.wrap_timestamp(stored.lock.until)])
  return encodeMessage(withAnnotations(stored.message, annotations), stored.deliveryCount, withBody)
}
