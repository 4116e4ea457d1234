import { ServiceBusClient } from '@azure/service-bus'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Connect, serviceBus, serviceBusSubscription } from '../../../../src/connectors/service-bus/index.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { ClaimStore } from '../../../../src/messaging/bus/claim-check.ts'
import { publishing } from '../../../../src/messaging/bus/publishing.ts'
import { type SubscriberOptions, startSubscriber } from '../../../../src/messaging/subscriber/start-subscriber.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { seededBusFaults } from '../../../../src/service-bus-emulator/index.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { type BusNamespace, openNamespace } from '../../../support/messaging/bus-namespace.ts'
import { until } from '../../../support/projecting/until.ts'

const shop = defineEvents({ OrderPlaced: z.object({ n: z.number(), text: z.string() }) })

let namespace: BusNamespace
beforeAll(async () => {
  namespace = await openNamespace()
})
afterAll(async () => {
  await namespace?.[Symbol.asyncDispose]()
})
const connect: Connect = () => namespace.connect()

/** Publishes what is appended to a log until the test is over. */
async function publishFrom(log: MemoryStorage, address: string, more: { readonly claims?: ClaimStore } = {}) {
  const bus = serviceBus(connect)
  const publisher = publishing('publish-orders', {
    events: shop,
    bus,
    address,
    source: '/shop',
    from: 'start',
    attempts: 1,
    ...more,
  })
  const processor = await startProcessor(log, [publisher], { pollInterval: 50 })
  onTestFinished(async () => {
    await processor.stop()
    await bus.close()
  })
  return publisher
}

async function subscribe(log: MemoryStorage, queue: string, more: Partial<SubscriberOptions> = {}) {
  const subscription = serviceBusSubscription(connect, { queue })
  const subscriber = await startSubscriber(log, { subscription, ...more })
  onTestFinished(() => subscriber.stop())
  return subscriber
}

const append = (log: MemoryStorage, stream: string, n: number, text = '', metadata = {}) =>
  eventStore(log, shop).append(stream, [{ type: 'OrderPlaced', data: { n, text }, metadata }], {
    expectedVersion: 'any',
  })

/** The numbers of the events of a stream of the other service. */
const numbersIn = async (log: MemoryStorage, stream: string) =>
  (await log.events.load(`inbox-${stream}`)).events.map(({ eventData }) => eventData.n)

test('events of many streams arrive once and in order, with what they carry', async () => {
  const queue = await namespace.createQueue()
  const [ours, theirs] = [openMemory({ ranges: 2 }), openMemory()]
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  // An id of a session has at most 128 characters, one of a stream 200.
  const long = `order:${'x'.repeat(180)}`
  const streams = ['order:1', 'order:2', 'order:3', long]
  for (let n = 0; n < 40; n++) await append(ours, streams[n % 4] as string, n, 'é\u0001', { traceparent })
  await publishFrom(ours, queue)
  const subscriber = await subscribe(theirs, queue)
  await until('messages are settled', () => subscriber.status().messages.stored === 40)
  for (const [i, stream] of streams.entries()) {
    expect(await numbersIn(theirs, stream)).toEqual(Array.from({ length: 10 }, (_, k) => i + 4 * k))
  }
  const [first] = (await theirs.events.load('inbox-order:1')).events
  expect(first).toMatchObject({
    eventType: 'OrderPlaced',
    eventData: { n: 0, text: 'é\u0001' },
    metadata: { traceparent, cloudEvent: { source: '/shop', subject: 'order:1', sequence: '0000000000000001' } },
  })
  expect(subscriber.status()).toMatchObject({ state: 'receiving', messages: { duplicates: 0, deadLettered: 0 } })
  await until('the queue is empty', async () => (await namespace.counts(queue)).active === 0)
})

test('a message that is published again is dropped by the bus, and one that got past it is stored once', async () => {
  const queue = await namespace.createQueue()
  const plain = await namespace.createQueue({ requiresSession: true })
  const bus = serviceBus(connect)
  onTestFinished(() => bus.close())
  const event = {
    attributes: { specversion: '1.0', id: 'e1', source: '/shop', type: 'OrderPlaced', subject: 'order:1' },
    data: Buffer.from('{"n":1,"text":""}'),
  } as const
  const message = { event, key: 'order:1', idempotencyKey: 'k1' }
  for (const address of [queue, queue, plain, plain]) expect(await bus.publish(address, [message])).toEqual([])
  expect((await namespace.counts(queue)).active).toBe(1)
  const theirs = openMemory()
  const subscriber = await subscribe(theirs, plain)
  await until('messages are settled', () => subscriber.status().messages.duplicates === 1)
  expect(await numbersIn(theirs, 'order:1')).toEqual([1])
})

test('a queue without sessions is refused before anything is received', async () => {
  const queue = await namespace.createQueue({ requiresSession: false })
  const client = connect()
  onTestFinished(() => client.close())
  await client.createSender(queue).sendMessages({ body: 'untouched' })
  const subscription = serviceBusSubscription(connect, { queue })
  await expect(startSubscriber(openMemory(), { subscription })).rejects.toMatchObject({
    code: 'BusEntityUnsuitable',
    entity: queue,
  })
  const [message] = await client.createReceiver(queue).receiveMessages(1, { maxWaitTimeInMs: 5_000 })
  expect(message).toMatchObject({ body: 'untouched', deliveryCount: 0 })
})

test('what is no CloudEvent, and what has the id of another event, is dead-lettered with the reason', async () => {
  const queue = await namespace.createQueue({ requiresSession: true })
  const client = connect()
  onTestFinished(() => client.close())
  const properties = (type: string) => ({
    'cloudEvents:specversion': '1.0',
    'cloudEvents:id': 'e1',
    'cloudEvents:source': '/other',
    'cloudEvents:type': type,
  })
  const sessionId = 's1'
  await client.createSender(queue).sendMessages([
    { sessionId, body: 'secret' },
    { sessionId, body: { n: 1 }, applicationProperties: properties('A'), contentType: 'application/json' },
    { sessionId, body: { n: 2 }, applicationProperties: properties('B'), contentType: 'application/json' },
    { sessionId, body: { n: 3 }, applicationProperties: { ...properties('C'), 'cloudEvents:id': 'e2' } },
  ])
  const theirs = openMemory()
  const subscriber = await subscribe(theirs, queue)
  await until(
    'messages are settled',
    () => subscriber.status().messages.deadLettered === 2 && subscriber.status().messages.stored === 2,
  )
  const dead = await client.createReceiver(queue, { subQueueType: 'deadLetter' }).receiveMessages(2)
  expect(
    dead.map(({ deadLetterReason, deadLetterErrorDescription }) => [deadLetterReason, deadLetterErrorDescription]),
  ).toEqual([
    ['NotACloudEvent', 'specversion is missing'],
    ['EventIdReused', expect.stringContaining('already used')],
  ])
})

test('a message that is too large for the bus parks its stream only, or goes through a payload store', async () => {
  const queue = await namespace.createQueue()
  const ours = openMemory()
  await append(ours, 'order:1', 1)
  await append(ours, 'order:1', 2, 'x'.repeat(300_000))
  await append(ours, 'order:1', 3)
  // Too large for a batch with its envelope, and not for a message alone.
  await append(ours, 'order:2', 4, 'x'.repeat(261_300))
  const theirs = openMemory()
  const publisher = await publishFrom(ours, queue)
  const subscriber = await subscribe(theirs, queue)
  await until('messages are settled', () => subscriber.status().messages.stored === 2)
  await until('the stream is parked', async () => (await parkedSequences(ours, publisher).list()).items.length === 1)
  const [parked] = (await parkedSequences(ours, publisher).list()).items
  expect(parked).toMatchObject({ key: 'order:1', error: { message: expect.stringContaining('larger than the limit') } })
  expect(await numbersIn(theirs, 'order:1')).toEqual([1])
  expect(await numbersIn(theirs, 'order:2')).toEqual([4])

  const objects = new Map<string, Uint8Array>()
  const claims: ClaimStore = {
    name: 'objects',
    put: async (key, bytes) => void objects.set(key, bytes),
    get: async (key) => objects.get(key),
  }
  const other = await namespace.createQueue()
  const logs = [openMemory(), openMemory()] as const
  for (const n of [1, 2, 3]) await append(logs[0], 'order:1', n, n === 2 ? 'x'.repeat(300_000) : '')
  await publishFrom(logs[0], other, { claims })
  const second = await subscribe(logs[1], other, { claims })
  await until('messages are settled', () => second.status().messages.stored === 3)
  expect(await numbersIn(logs[1], 'order:1')).toEqual([1, 2, 3])
  const [, large] = (await logs[1].events.load('inbox-order:1')).events
  expect(large?.eventData.text).toBe('x'.repeat(300_000))
  expect(objects.size).toBe(1)
})

test('a client that retries on its own is refused', () => {
  const retrying = () => new ServiceBusClient(namespace.connectionString)
  expect(() => serviceBus(retrying)).toThrow(expect.objectContaining({ code: 'InvalidOption' }))
  const patient = () => new ServiceBusClient(namespace.connectionString, { retryOptions: { maxRetries: 0 } })
  expect(() => serviceBusSubscription(patient, { queue: 'q' })).toThrow('retryOptions.timeoutInMs')
})

// Faults can be caused in the emulator only.
describe.skipIf(process.env.SERVICE_BUS_CONNECTION_STRING !== undefined)('with faults', () => {
  test('of all kinds, every event arrives once and in order, and nothing is parked', async () => {
    const { emulator } = namespace
    if (!emulator) throw new Error('no emulator')
    const queue = await namespace.createQueue()
    const [ours, theirs] = [openMemory(), openMemory()]
    for (let n = 0; n < 60; n++) await append(ours, `order:${n % 6}`, n)
    const rates = { busy: 0.05, lostReply: 0.02, detach: 0.03, dropBefore: 0.01, dropAfter: 0.01, expiredLock: 0.02 }
    const faults = seededBusFaults({ seed: 7, rates })
    emulator.faults = faults.hook
    const ending = setTimeout(() => faults.end(), 2_000)
    onTestFinished(() => {
      clearTimeout(ending)
      emulator.faults = undefined
    })
    const publisher = await publishFrom(ours, queue)
    const subscriber = await subscribe(theirs, queue, { random: () => 0 })
    const count = async () => (await Array.fromAsync(theirs.events.query({}))).length
    await until('all events arrived', async () => (await count()) === 60, 25_000)
    expect(Object.values(faults.counts).reduce((a, b) => a + b)).toBeGreaterThan(0)
    for (let i = 0; i < 6; i++) {
      expect(await numbersIn(theirs, `order:${i}`)).toEqual(Array.from({ length: 10 }, (_, k) => i + 6 * k))
    }
    expect((await parkedSequences(ours, publisher).list()).items).toEqual([])
    expect(subscriber.status().messages.deadLettered).toBe(0)
  })
})
