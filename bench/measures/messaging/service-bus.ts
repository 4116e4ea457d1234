import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus'
import { toServiceBusMessage } from '../../../src/connectors/service-bus/amqp-cloud-event.ts'
import {
  serviceBus,
  serviceBusRetryOptions,
  serviceBusSubscription,
} from '../../../src/connectors/service-bus/index.ts'
import type { BusMessage } from '../../../src/messaging/bus/bus.ts'
import { startSubscriber } from '../../../src/messaging/subscriber/start-subscriber.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { startProcess } from '../../support/process.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const BATCH = 100
// A session has as many messages as are received in two calls.
const SESSION = 64
const AT_ONCE = 8

/** Messages of 200 bytes: published and received, to the bare SDK in the same batches, on our emulator. */
export const serviceBusMeasure: Measure = {
  id: 'service-bus',
  title: 'messages over Azure Service Bus (emulator)',

  async run({ quick, repetitions, until }) {
    const count = quick ? SESSION * 50 : SESSION * 200
    await using emulator = startProcess('processes/service-bus-emulator.ts', [
      'ours',
      'bare',
      'single',
      'in-ours',
      'in-bare',
    ])
    const { connectionString } = await emulator.message<{ readonly connectionString: string }>()
    const connect = () => new ServiceBusClient(connectionString, { retryOptions: serviceBusRetryOptions })
    const client = connect()
    const bus = serviceBus(connect)
    try {
      const rateOf = async (side: (round: number) => Promise<void>, round: number) =>
        count / (await seconds(() => side(round)))
      const published = await interleave(
        repetitions,
        {
          ours: (round) => rateOf(() => publish(count, round, (messages) => bus.publish('ours', messages)), round),
          bare: (round) => rateOf(() => sendBatches(client, 'bare', count, round), round),
          single: (round) => rateOf(() => sendSingly(client, count, round), round),
        },
        until,
      )
      const received = await interleave(
        repetitions,
        {
          ours: async (round) => {
            await sendBatches(client, 'in-ours', count, round)
            return rateOf(() => subscribe(connect, count), round)
          },
          bare: async (round) => {
            await sendBatches(client, 'in-bare', count, round)
            return rateOf(() => receiveBare(client, count), round)
          },
        },
        until,
      )
      return [
        against(
          'batches of 100 by the bare SDK',
          row('service-bus', 'publisher', ratioOf(published.ours, published.bare), 'x', { atLeast: 0.8 }),
        ),
        against(
          '16 single sends at once by the bare SDK',
          row('service-bus-single', 'publisher', ratioOf(published.ours, published.single), 'x', { atLeast: 3 }),
        ),
        against(
          'receiving and completing by the bare SDK, which stores nothing; the subscriber stores in memory',
          row('service-bus-receive', 'subscriber', ratioOf(received.ours, received.bare), 'x', { atLeast: 0.7 }),
        ),
        row('service-bus-publish-rate', 'messages published a second', summarise(published.ours), '/s'),
        row('service-bus-receive-rate', 'messages received a second', summarise(received.ours), '/s'),
      ]
    } finally {
      await bus.close()
      await client.close()
    }
  },
}

function messageOf(n: number, round: number): BusMessage {
  const id = `${round}-${n}`
  const subject = `order:${round}-${Math.floor(n / SESSION)}`
  const attributes = { id, source: '/shop', type: 'OrderPlaced', subject, datacontenttype: 'application/json' }
  const data = Buffer.from(JSON.stringify({ orderId: id, text: 'x'.repeat(170) }))
  return { event: { attributes: { specversion: '1.0', ...attributes }, data }, key: subject, idempotencyKey: id }
}

const slices = (count: number, round: number): BusMessage[][] =>
  Array.from({ length: count / BATCH }, (_, b) =>
    Array.from({ length: BATCH }, (__, i) => messageOf(b * BATCH + i, round)),
  )

async function publish(
  count: number,
  round: number,
  send: (messages: readonly BusMessage[]) => Promise<readonly unknown[]>,
): Promise<void> {
  for (const messages of slices(count, round)) {
    if ((await send(messages)).length > 0) throw new Error('a message was not published')
  }
}

async function sendBatches(client: ServiceBusClient, queue: string, count: number, round: number): Promise<void> {
  const sender = client.createSender(queue)
  for (const messages of slices(count, round)) {
    const batch = await sender.createMessageBatch()
    for (const message of messages) batch.tryAddMessage(toServiceBusMessage(message))
    await sender.sendMessages(batch)
  }
  await sender.close()
}

async function sendSingly(client: ServiceBusClient, count: number, round: number): Promise<void> {
  const sender = client.createSender('single')
  const messages: ServiceBusMessage[] = slices(count, round).flat().map(toServiceBusMessage)
  const lane = async () => {
    for (let message = messages.pop(); message; message = messages.pop()) await sender.sendMessages(message)
  }
  await Promise.all(Array.from({ length: 16 }, lane))
  await sender.close()
}

async function subscribe(connect: () => ServiceBusClient, count: number): Promise<void> {
  const subscription = serviceBusSubscription(connect, { queue: 'in-ours' })
  const subscriber = await startSubscriber(openMemory(), { subscription, sessions: AT_ONCE })
  const received = () => {
    const { stored, duplicates } = subscriber.status().messages
    return stored + duplicates
  }
  while (received() < count) await new Promise((resolve) => setTimeout(resolve, 2))
  // Its end waits for sessions that have nothing left, which is no part of receiving.
  setImmediate(() => subscriber.stop())
}

async function receiveBare(client: ServiceBusClient, count: number): Promise<void> {
  let left = count / SESSION
  const lane = async () => {
    while (left-- > 0) {
      const receiver = await client.acceptNextSession('in-bare')
      for (let received = 0; received < SESSION; ) {
        const messages = await receiver.receiveMessages(32, { maxWaitTimeInMs: 1_000 })
        await Promise.all(messages.map((message) => receiver.completeMessage(message)))
        received += messages.length
      }
      await receiver.close()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}
