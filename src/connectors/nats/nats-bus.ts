import { type JetStreamClient, type JetStreamOptions, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { unlessStopped } from '../../core/async/unless-stopped.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { Bus, BusMessage, PublishFailure } from '../../messaging/bus/bus.ts'
import { publishError } from './failures.ts'
import { eventHeaders } from './nats-cloud-event.ts'
import { assertAddress, subjectOf } from './subjects.ts'

/** How messages are published to JetStream. */
export type NatsBusOptions = {
  /** Milliseconds until a message without acknowledgement counts as failed; 5,000 by default. */
  readonly timeLimit?: number
  /** For an account with a domain or prefix of its own. */
  readonly jetstream?: Pick<JetStreamOptions, 'apiPrefix' | 'domain'>
}

/**
 * NATS JetStream as a bus. The subject of a message is the address and its key, such as `shop.shipment.order%3A1`, so a
 * stream with the subject `shop.shipment.>` stores them, and a consumer can filter by key. The messages of a key are
 * published one after the other, each once the one before was acknowledged; those of different keys at once. The
 * idempotency key is the message id, by which JetStream drops repeats for as long as the stream's duplicate window.
 *
 * @param connection remains the caller's; let it reconnect without end (`maxReconnectAttempts: -1`)
 * @throws InvalidOption
 */
export function natsBus(connection: NatsConnection, options: NatsBusOptions = {}): Bus {
  const { timeLimit = 5_000 } = options
  if (!Number.isSafeInteger(timeLimit) || timeLimit < 1)
    throw new InvalidOption('timeLimit', 'a whole number of milliseconds from 1', timeLimit)
  const client: JetStreamClient = jetstream(connection, { ...options.jetstream, timeout: timeLimit })

  /** @returns from which of the messages on none was published, and why */
  async function publishKey(
    address: string,
    messages: readonly BusMessage[],
    signal: AbortSignal | undefined,
  ): Promise<{ readonly from: number; readonly error: Error } | undefined> {
    for (const [from, { event, key, idempotencyKey }] of messages.entries()) {
      signal?.throwIfAborted()
      try {
        const about = { msgID: idempotencyKey, headers: eventHeaders(event), timeout: timeLimit }
        await client.publish(subjectOf(address, key), event.data, about)
      } catch (error) {
        return { from, error: publishError(error, address, connection.info?.max_payload) }
      }
    }
    return undefined
  }

  async function publishAll(
    address: string,
    messages: readonly BusMessage[],
    signal: AbortSignal | undefined,
  ): Promise<readonly PublishFailure[]> {
    const byKey = Map.groupBy(messages.entries(), ([, { key }]) => key)
    const failures = [...byKey.values()].map(async (entries) => {
      const failed = await publishKey(
        address,
        entries.map(([, message]) => message),
        signal,
      )
      return failed ? entries.slice(failed.from).map(([index]) => ({ index, error: failed.error })) : []
    })
    return (await Promise.all(failures)).flat().toSorted((a, b) => a.index - b.index)
  }

  return {
    get name() {
      return connection.getServer()
    },
    async publish(address, messages, signal) {
      assertAddress('address', address)
      return unlessStopped(publishAll(address, messages, signal), signal)
    },
    async close() {},
  }
}
