import type { ServiceBusSessionReceiver } from '@azure/service-bus'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { BusSubscription } from '../../messaging/bus/subscription.ts'
import { type Connect, holdConnection } from './connection.ts'
import { acceptNext, pathOf, type ServiceBusEntity } from './entity.ts'
import { isNoSession, receiveFailure } from './failures.ts'
import { toBusSession } from './session.ts'

// Milliseconds within which the service refuses a receiver that the queue cannot have.
const REFUSAL_WAIT = 1_000

/**
 * A queue of Azure Service Bus, or a subscription of a topic, to receive from; it must have sessions. Give it to
 * `startSubscriber`.
 *
 * @param connect creates a client of `@azure/service-bus`, with `retryOptions: serviceBusRetryOptions`. It is called
 *   again when a connection does not recover
 * @throws InvalidOption if the client retries on its own
 */
export function serviceBusSubscription(
  connect: Connect,
  entity: ServiceBusEntity,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): BusSubscription {
  const connection = holdConnection(connect)
  const name = pathOf(entity)
  // The session that was asked for to verify the queue.
  let opening: Promise<ServiceBusSessionReceiver> | undefined

  function open(): Promise<ServiceBusSessionReceiver> {
    const accepting = opening ?? acceptNext(connection.client(), entity)
    opening = undefined
    return accepting
  }

  return {
    name,
    acceptWait: connection.timeLimit,
    async verify(signal) {
      // Only a receiver for the next session learns why it is refused.
      opening = open()
      const waited = new AbortController()
      try {
        await Promise.race([opening, clock.sleep(REFUSAL_WAIT, AbortSignal.any([signal, waited.signal]))])
      } catch (error) {
        opening = undefined
        if (!isNoSession(error)) throw receiveFailure(name, error)
      } finally {
        waited.abort()
        opening?.catch(() => {})
      }
    },
    async accept(signal) {
      const accepting = open()
      try {
        // The SDK does not look at signals while it waits.
        const receiver = await unlessAborted(accepting, signal)
        if (receiver === undefined) accepting.then((late) => late.close()).catch(() => {})
        return receiver && toBusSession(name, receiver)
      } catch (error) {
        if (isNoSession(error)) return undefined
        throw receiveFailure(name, error)
      }
    },
    reconnect() {
      opening = undefined
      connection.abandon()
    },
    close: () => connection.close(),
  }
}

/** @returns undefined if the signal is aborted first */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const end = () => resolve(undefined)
  signal.addEventListener('abort', end, { once: true })
  try {
    if (signal.aborted) end()
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
