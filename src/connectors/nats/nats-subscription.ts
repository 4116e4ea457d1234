import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { ignoreRejection } from '../../core/async/callbacks.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { BusEntityUnsuitable } from '../../core/errors/bus.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { BusSession, BusSubscription } from '../../messaging/bus/subscription.ts'
import { checkConsumer, faultOf } from './consumer-check.ts'
import { away } from './failures.ts'
import type { NatsBusOptions } from './nats-bus.ts'
import { natsSession, receiveOne } from './nats-session.ts'
import { assertAddress } from './subjects.ts'

/** What is received from JetStream. */
export type NatsSubscriptionOptions = NatsBusOptions & {
  readonly stream: string
  /** The name of a durable pull consumer, with `ack_policy: 'explicit'` and `max_ack_pending: 1`. */
  readonly consumer: string
  /** The subject to which messages are moved that are no events; another stream must store it. */
  readonly deadLetters: string
  readonly clock?: Clock
}

const ACCEPT_WAIT = 5_000

/**
 * A durable consumer of JetStream to receive from. It delivers one message at a time over any number of receivers, so the order of
 * a key holds, and while messages are delivered again. For several at a time, create
 * consumers with filters that have no subject in common.
 *
 * @param connection remains the caller's; let it reconnect without end (`maxReconnectAttempts: -1`)
 * @throws InvalidOption
 */
export function natsSubscription(connection: NatsConnection, options: NatsSubscriptionOptions): BusSubscription {
  const { stream, consumer, deadLetters, timeLimit = 5_000, clock = systemClock } = options
  const name = `${stream}/${consumer}`
  assertAddress('deadLetters', deadLetters)
  for (const [option, value] of Object.entries({ stream, consumer })) {
    if (typeof value !== 'string' || !/^[^\s.*>/\\]+$/.test(value))
      throw new InvalidOption(option, 'a name of JetStream', value)
  }
  const open = (): Promise<JetStreamManager> =>
    jetstreamManager(connection, { ...options.jetstream, timeout: timeLimit, checkAPI: false })

  async function next(signal: AbortSignal): Promise<BusSession | undefined> {
    const client = (await open()).jetstream()
    const durable = await client.consumers.get(stream, consumer)
    const { config } = await durable.info(true)
    const fault = faultOf(config)
    if (fault !== undefined) throw new BusEntityUnsuitable(name, fault)
    const first = await receiveOne(durable, ACCEPT_WAIT, signal)
    // Nanoseconds.
    const lock = Number(config.ack_wait) / 1e6
    return first && natsSession({ name, client, durable, deadLetters, timeLimit, lock, clock }, first)
  }

  return {
    name,
    acceptWait: ACCEPT_WAIT,
    verify: async () => checkConsumer(await open(), { stream, consumer, deadLetters }),
    async accept(signal) {
      try {
        return await next(signal)
      } catch (error) {
        throw error instanceof BusEntityUnsuitable ? error : away(error, name)
      }
    },
    reconnect: () => ignoreRejection(connection.reconnect()),
    async close() {},
  }
}
