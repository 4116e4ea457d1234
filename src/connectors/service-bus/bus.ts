import { type Clock, systemClock } from '../../core/clock.ts'
import type { Bus } from '../../messaging/bus/bus.ts'
import { type Connect, holdConnection } from './connection.ts'
import { publishInBatches } from './publish-in-batches.ts'
import { holdSenders } from './senders.ts'

/** How messages are published to Service Bus. */
export type ServiceBusOptions = {
  /** Milliseconds after which one call to Service Bus counts as failed; 15,000 by default. */
  readonly timeLimit?: number
  readonly clock?: Clock
}

/**
 * Azure Service Bus as a bus. An address is a queue or a topic. A message's session is its key, its message id is the
 * idempotency key, which duplicate detection compares, and it is a CloudEvent in the binary mode of the AMQP binding.
 * Messages are sent in batches, each accepted as a whole or not at all: at most 100 messages, and at most 1 MB or what
 * the namespace takes.
 *
 * @param connect creates a client of `@azure/service-bus`, with `retryOptions: serviceBusRetryOptions`. It is called
 *   again when a connection does not recover
 * @throws InvalidOption if the client retries on its own
 */
export function serviceBus(connect: Connect, { timeLimit = 15_000, clock = systemClock }: ServiceBusOptions = {}): Bus {
  const connection = holdConnection(connect)
  const senders = holdSenders(connection, timeLimit, clock)
  return {
    name: connection.name,
    publish: (address, messages, signal) => publishInBatches(senders.of(address), messages, signal),
    close: () => connection.close(),
  }
}
