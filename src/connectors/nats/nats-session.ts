import type { Consumer, JetStreamClient, JsMsg } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { encodeHeader } from '../../cloud-events/percent-encoding.ts'
import type { Clock } from '../../core/clock.ts'
import { BusLockLost, MessageTooLarge } from '../../core/errors/bus.ts'
import type { BusSession, ReceivedMessage } from '../../messaging/bus/subscription.ts'
import { away, publishError } from './failures.ts'
import { eventIn } from './nats-cloud-event.ts'
import { keyIn } from './subjects.ts'

/** What a session receives with. */
export type NatsSessionContext = {
  readonly name: string
  readonly client: JetStreamClient
  readonly durable: Consumer
  readonly deadLetters: string
  /** Milliseconds until the server must have responded. */
  readonly timeLimit: number
  /** Milliseconds until a message that was not acknowledged is delivered again. */
  readonly lock: number
  readonly clock: Clock
}

// The client accepts no less.
const SHORTEST_WAIT = 1_000

/** Waits for one message; undefined if none came in time, or the signal was aborted. */
export async function receiveOne(durable: Consumer, wait: number, signal: AbortSignal): Promise<JsMsg | undefined> {
  if (signal.aborted) return undefined
  const messages = await durable.fetch({ max_messages: 1, expires: Math.max(wait, SHORTEST_WAIT) })
  const stop = () => messages.stop()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    for await (const message of messages) return message
    return undefined
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

type Pending = { readonly message: JsMsg; readonly lockedUntil: number }

/** The one session of a consumer, as long as its first message is not settled. */
export function natsSession(context: NatsSessionContext, first: JsMsg): BusSession {
  const { name, client, durable, deadLetters, timeLimit, lock, clock } = context
  const pending = new Map<ReceivedMessage, Pending>()
  let next: JsMsg | undefined = first

  function toReceived(message: JsMsg): ReceivedMessage {
    const parsed = eventIn(message)
    const key = keyIn(message.subject)
    const received: ReceivedMessage = {
      ...('event' in parsed ? { event: parsed.event } : { event: undefined, fault: parsed.fault }),
      ...(key !== undefined && { key }),
      deliveries: message.info.deliveryCount,
    }
    pending.set(received, { message, lockedUntil: clock.now() + lock })
    return received
  }

  /** Settles a message while no other receiver can have it. */
  async function settle(received: ReceivedMessage, before: (message: JsMsg) => Promise<unknown>): Promise<void> {
    const found = pending.get(received)
    if (found === undefined || clock.now() >= found.lockedUntil)
      throw new BusLockLost(`${name}: the message was delivered again in the meantime, or may have been`)
    try {
      await before(found.message)
      await found.message.ackAck({ timeout: timeLimit })
    } catch (error) {
      throw away(error, name)
    }
    pending.delete(received)
  }

  return {
    name,
    async receive(_most, wait, signal) {
      const given = next
      next = undefined
      const message =
        given ?? (await receiveOne(durable, wait, signal).catch((error) => Promise.reject(away(error, name))))
      return message ? [toReceived(message)] : []
    },
    complete: (received) => settle(received, async () => {}),
    deadLetter: (received, reason, description) =>
      settle(received, (message) => {
        const about = headers()
        for (const [header, values] of message.headers ?? []) {
          // What its sender asked of the stream that it was in.
          if (header.toLowerCase().startsWith('nats-')) continue
          for (const value of values) about.append(header, value)
        }
        about.set('Dead-Letter-Reason', encodeHeader(reason))
        about.set('Dead-Letter-Description', encodeHeader(description))
        about.set('Dead-Letter-Subject', message.subject)
        const { stream, streamSequence } = message.info
        // A repeat is dropped by this id, not taken for the message itself.
        const options = { msgID: `${stream}:${streamSequence}`, headers: about, timeout: timeLimit }
        return client.publish(deadLetters, message.data, options).catch((error: unknown) => {
          if (!(publishError(error, deadLetters, undefined) instanceof MessageTooLarge)) throw error
          // It left no room for the headers that were added. The message itself stays in its stream.
          about.set('Dead-Letter-Sequence', options.msgID)
          return client.publish(deadLetters, new Uint8Array(), options)
        })
      }),
    async close() {
      if (next !== undefined) next.nak()
      for (const { message } of pending.values()) message.nak()
      pending.clear()
      next = undefined
    },
  }
}
