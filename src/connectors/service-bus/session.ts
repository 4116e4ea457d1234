import type { ServiceBusReceivedMessage, ServiceBusSessionReceiver } from '@azure/service-bus'
import type { BusSession, ReceivedMessage } from '../../messaging/bus/subscription.ts'
import { fromServiceBusMessage } from './amqp-cloud-event.ts'
import { receiveFailure } from './failures.ts'

// The SDK waits its full time for as many messages as were asked for. So the first is waited for alone, and then those
// that are on their way: milliseconds.
const LINGER = 25
// What the service takes as a description of a dead letter.
const LONGEST_DESCRIPTION = 4_096

/** A session that was accepted. */
export function toBusSession(entity: string, receiver: ServiceBusSessionReceiver): BusSession {
  const originals = new WeakMap<ReceivedMessage, ServiceBusReceivedMessage>()
  // Whether there were more messages than were asked for the last time.
  let hasMore = false

  async function call<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      throw receiveFailure(entity, error)
    }
  }

  async function collect(most: number, wait: number, abortSignal: AbortSignal): Promise<ServiceBusReceivedMessage[]> {
    const linger = { maxWaitTimeInMs: LINGER, abortSignal }
    const ready = hasMore ? await receiver.receiveMessages(most, linger) : []
    const left = hasMore ? wait - LINGER : wait
    if (ready.length > 0 || left <= 0) return ready
    const [first] = await receiver.receiveMessages(1, { maxWaitTimeInMs: left, abortSignal })
    if (first === undefined || most === 1) return first ? [first] : []
    return [first, ...(await receiver.receiveMessages(most - 1, linger))]
  }

  function toReceived(original: ServiceBusReceivedMessage): ReceivedMessage {
    const message: ReceivedMessage = {
      event: undefined,
      ...fromServiceBusMessage(original),
      key: receiver.sessionId,
      deliveries: (original.deliveryCount ?? 0) + 1,
    }
    originals.set(message, original)
    return message
  }

  const originalOf = (message: ReceivedMessage): ServiceBusReceivedMessage => {
    const original = originals.get(message)
    if (original === undefined) throw new TypeError('The message is not one of this session')
    return original
  }

  return {
    name: receiver.sessionId,
    receive: (most, wait, signal) =>
      call(async () => {
        const messages = await collect(most, wait, signal)
        hasMore = messages.length === most
        return messages.map(toReceived)
      }, signal),
    complete: (message) => call(() => receiver.completeMessage(originalOf(message))),
    deadLetter: (message, deadLetterReason, description) => {
      const deadLetterErrorDescription = description.slice(0, LONGEST_DESCRIPTION)
      return call(() =>
        receiver.deadLetterMessage(originalOf(message), { deadLetterReason, deadLetterErrorDescription }),
      )
    },
    close: () => call(() => receiver.close()),
  }
}
