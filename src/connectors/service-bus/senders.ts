import type { ServiceBusMessage, ServiceBusMessageBatch, ServiceBusSender } from '@azure/service-bus'
import { withDeadline } from '../../core/async/deadline.ts'
import type { Clock } from '../../core/clock.ts'
import type { Connection } from './connection.ts'
import { publishFailure, unavailable } from './failures.ts'

/** Sends to one queue or topic. What it throws is DestinationUnavailable, MessageTooLarge or MessageRefused. */
export interface Sender {
  readonly address: string
  /** An empty batch of the size that the link takes, at most 1 MB. */
  batch(signal?: AbortSignal): Promise<ServiceBusMessageBatch>
  send(messages: ServiceBusMessage | ServiceBusMessageBatch, signal?: AbortSignal): Promise<void>
}

// The service takes no larger batches, even where a link says that a message may have 100 MB.
const MOST_BATCH_BYTES = 1024 * 1024

/** Opens a sender for each address, once, and again when one fails. */
export function holdSenders(connection: Connection, timeLimit: number, clock: Clock): { of(address: string): Sender } {
  const open = new Map<string, ServiceBusSender>()

  /** Calls the SDK, which may hang after an outage. */
  async function call<T>(
    address: string,
    signal: AbortSignal | undefined,
    work: (sender: ServiceBusSender, abortSignal: AbortSignal) => Promise<T>,
    limit?: number,
  ): Promise<T> {
    signal?.throwIfAborted()
    const client = connection.client()
    const sender = current(address)
    const late = new AbortController()
    const abortSignal = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    let isLate = false
    try {
      return await withDeadline(clock, timeLimit, work(sender, abortSignal), () => {
        isLate = true
        return new DOMException(`no response within ${timeLimit} ms`, 'TimeoutError')
      })
    } catch (error) {
      late.abort()
      signal?.throwIfAborted()
      const failure = publishFailure(address, error, limit)
      if (isLate) {
        open.clear()
        connection.abandon(client)
      }
      throw failure
    }
  }

  function current(address: string): ServiceBusSender {
    const known = open.get(address)
    if (known !== undefined && !known.isClosed) return known
    try {
      const sender = connection.client().createSender(address)
      open.set(address, sender)
      return sender
    } catch (error) {
      // Its client was closed, or is for another queue only.
      throw unavailable(address, error)
    }
  }

  return {
    of(address) {
      let limit: number | undefined
      return {
        address,
        async batch(signal) {
          const batch = await call(address, signal, (sender, abortSignal) => sender.createMessageBatch({ abortSignal }))
          limit = batch.maxSizeInBytes
          if (limit <= MOST_BATCH_BYTES) return batch
          return call(address, signal, (sender, abortSignal) =>
            sender.createMessageBatch({ abortSignal, maxSizeInBytes: MOST_BATCH_BYTES }),
          )
        },
        send: (messages, signal) =>
          call(address, signal, (sender, abortSignal) => sender.sendMessages(messages, { abortSignal }), limit),
      }
    },
  }
}
