import type { ServiceBusMessage, ServiceBusMessageBatch } from '@azure/service-bus'
import { MessageRefused } from '../../core/errors/bus.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { BusMessage, PublishFailure } from '../../messaging/bus/bus.ts'
import { toServiceBusMessage } from './amqp-cloud-event.ts'
import { type Indexed, trackOutcomes } from './outcomes.ts'
import type { Sender } from './senders.ts'

// The service refuses batches of more than 4,500. Past a hundred, a batch saves little, and repeats more.
const MOST_MESSAGES = 100

type Item = Indexed & { readonly message: ServiceBusMessage }

/**
 * Publishes messages in order, in as few batches as they fit into; see `Bus.publish`.
 *
 * A batch is atomic, so one that is refused because of a message is sent again in halves, until the message is alone. A
 * message that fits into no batch is sent alone, for which the limit is a little higher, and much higher on a premium
 * namespace. Once the bus is away, nothing more is sent; what was accepted before is not sent again.
 */
export async function publishInBatches(
  sender: Sender,
  messages: readonly BusMessage[],
  signal?: AbortSignal,
): Promise<readonly PublishFailure[]> {
  const outcomes = trackOutcomes()

  async function sendAll(items: readonly Item[], most: number): Promise<void> {
    let batch: ServiceBusMessageBatch | undefined
    let packed: Item[] = []
    const add = async (item: Item): Promise<boolean> => {
      batch ??= await sender.batch(signal)
      const fits = tryAdd(sender, batch, item)
      if (fits) packed.push(item)
      return fits
    }
    const flush = async () => {
      const [full, sent] = [batch, packed]
      batch = undefined
      packed = []
      if (full !== undefined && sent.length > 0) await send(sent, full)
    }
    for (const item of items) {
      if (packed.length === most) await flush()
      if (!outcomes.maySend(item)) continue
      try {
        if (await add(item)) continue
        await flush()
        if (outcomes.maySend(item) && !(await add(item))) await send([item], item.message)
      } catch (error) {
        signal?.throwIfAborted()
        outcomes.fail(item, error as Error)
      }
    }
    await flush()
  }

  async function send(items: readonly Item[], batch: ServiceBusMessageBatch | ServiceBusMessage): Promise<void> {
    try {
      await sender.send(batch, signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof DestinationUnavailable || items.length === 1) {
        for (const item of items) outcomes.fail(item, error as Error)
        return
      }
      const half = Math.ceil(items.length / 2)
      await sendAll(items.slice(0, half), half)
      await sendAll(items.slice(half), half)
    }
  }

  await sendAll(messages.map(toItem), MOST_MESSAGES)
  return outcomes.failures()
}

const toItem = (message: BusMessage, index: number): Item => ({
  index,
  key: message.key,
  message: toServiceBusMessage(message),
})

/** @throws MessageRefused if the SDK cannot encode it */
function tryAdd({ address }: Sender, batch: ServiceBusMessageBatch, { message }: Item): boolean {
  try {
    return batch.tryAddMessage(message)
  } catch (cause) {
    throw new MessageRefused(address, 'it cannot be encoded', { cause })
  }
}
