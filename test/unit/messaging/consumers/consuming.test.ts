import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openInEnvironment } from '../../../../src/core/environment.ts'
import { decodePosition } from '../../../../src/core/positions/position-token.ts'
import type { ConsumerContext } from '../../../../src/messaging/consumers/consumer-types.ts'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { defineContract } from '../../../../src/messaging/contracts/define-contract.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { hurriedClock } from '../../processor/support.ts'
import { order, shipment } from '../contracts/shipment.ts'
import { reports } from './support.ts'

const from = 'start'
const hurried = { clock: hurriedClock }

describe.each(storages.filter(({ name }) => name.includes('4')))('consumers $name', ({ open }) => {
  test('send on what they got, and send nothing twice when they are called again', async () => {
    await using storage = await open()
    const send = producer(storage, shipment)
    const sent: boolean[] = []
    const transit = defineConsumer(shipment, {
      group: 'transit',
      from,
      unhandled: 'pass',
      on: {
        async orderPlaced({ orderId, user }, { key, metadata, attempt }) {
          const metadata_ = { causationId: metadata.eventId }
          // An address that differs at each attempt: the first call counts.
          const email = `${attempt}-${user.email}`
          const { duplicate } = await send.packing({ orderId, email }, { id: key, metadata: metadata_ })
          sent.push(duplicate)
          if (attempt < 3) throw new Error('after it was sent')
        },
      },
    })
    for (let i = 0; i < 5; i++) await send.orderPlaced(order(String(i)))
    await using processor = await startProcessor(storage, [transit], hurried)
    await until('all were sent on', () => sent.length === 15)
    await untilCaughtUp(storage, [transit])
    await processor.stop()
    expect(sent.filter((duplicate) => !duplicate)).toHaveLength(5)
    for (let i = 0; i < 5; i++) {
      const { events } = await storage.events.load(`order:${i}`)
      expect(events.map(({ eventType }) => eventType)).toEqual(['shop.shipment.orderPlaced', 'shop.shipment.packing'])
      expect(events[1]?.eventData.email).toBe('1-ada@example.com')
      expect(events[1]?.metadata.causationId).toBe(events[0]?.metadata.eventId)
    }
  })

  test('of two groups each get every call, and the workers of one group share them, in order within a stream', async () => {
    await using storage = await open()
    const send = producer(storage, shipment)
    const seen: { worker: string; group: string; call: string }[] = []
    const consumerOf = (worker: string, group: string) =>
      defineConsumer(shipment, {
        group,
        from,
        unhandled: 'pass',
        on: {
          packing: (_, { streamId, version }) => void seen.push({ worker, group, call: `${streamId}@${version}` }),
        },
      })
    const workers = await Promise.all(
      ['a', 'b', 'c'].map((worker) => {
        const groups = [consumerOf(worker, 'transit'), consumerOf(worker, 'report')]
        return startProcessor(storage, groups, { workerId: worker, pollInterval: 20, leaseDuration: 5_000 })
      }),
    )
    const streams = Array.from({ length: 24 }, (_, i) => `order:${i}`)
    // Until each worker has its share.
    await until('all work', async () => {
      for (const stream of streams) await send.packing({ orderId: stream.slice(6), email: 'a' })
      return new Set(seen.map(({ worker }) => worker)).size === 3
    })
    const groups = [consumerOf('', 'transit'), consumerOf('', 'report')]
    await untilCaughtUp(storage, groups)
    await Promise.all(workers.map((worker) => worker.stop()))
    const { version } = await storage.events.load('order:0')
    for (const group of ['transit', 'report']) {
      const mine = seen.filter((one) => one.group === group)
      for (const stream of streams) {
        const calls = mine.map(({ call }) => call).filter((call) => call.startsWith(`${stream}@`))
        // A move from one worker to another may repeat a call, but never leaves one out or changes the order.
        expect([...new Set(calls)]).toEqual(Array.from({ length: version }, (_, i) => `${stream}@${i + 1}`))
      }
    }
  })
})

describe('a handler', () => {
  test('gets the parameters in their newest shape, and what there is to know of the call', async () => {
    const storage = await openInEnvironment({ environment: 'prod' }, async () => openMemory())
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { position } = await producer(storage, shipment).packing(
      { orderId: '1', email: 'a' },
      { metadata: { correlationId: 'c', traceparent } },
    )
    const calls: { parameters: object; context: ConsumerContext }[] = []
    const consumer = defineConsumer(shipment, {
      group: 'transit',
      from,
      unhandled: 'pass',
      on: { packing: (parameters, context) => void calls.push({ parameters, context }) },
    })
    await using processor = await startProcessor(storage, [consumer])
    await until('it was called', () => calls.length > 0)
    await processor.stop()
    const [call] = calls
    expect(call?.parameters).toEqual({ orderId: '1', email: 'a', parcels: 1 })
    expect(call?.context).toMatchObject({
      uri: 'shop.shipment',
      operation: 'packing',
      environment: 'prod',
      streamId: 'order:1',
      version: 1,
      attempt: 1,
      traceparent,
      redacted: [],
      metadata: { correlationId: 'c' },
    })
    expect(call?.context.key).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
    expect(call?.context.signal).toBeInstanceOf(AbortSignal)
    expect(decodePosition(call?.context.position as never).marks[0]).toMatchObject({ streamId: 'order:1', version: 1 })
    expect(decodePosition(position).marks[0]).toMatchObject({ streamId: 'order:1', version: 1 })
  })

  test('gets personal parameters only if it asks for them', async () => {
    await using storage = openMemory()
    // Data about no person stays in clear, and is kept from handlers by its name all the same.
    const contract = defineContract('a', {
      ops: {
        b: { params: { id: z.string(), name: z.string() }, personal: { of: () => null, fields: { name: '' } } },
      },
      stream: ({ id }) => `b:${id}`,
    })
    await producer(storage, contract).b({ id: '1', name: 'Ada' })
    const seen = new Map<string, object>()
    const open = defineConsumer(contract, { group: 'open', from, on: { b: (data) => void seen.set('open', data) } })
    const close = defineConsumer(contract, {
      group: 'close',
      from,
      personal: true,
      on: { b: (data) => void seen.set('close', data) },
    })
    await using processor = await startProcessor(storage, [open, close])
    await until('both were called', () => seen.size === 2)
    await processor.stop()
    expect(Object.fromEntries(seen)).toEqual({ open: { id: '1' }, close: { id: '1', name: 'Ada' } })
  })
})

describe('an operation without a handler', () => {
  test('is passed over, or parks its stream', async () => {
    await using storage = openMemory()
    const send = producer(storage, shipment)
    await send.orderPlaced(order('1'))
    await send.packing({ orderId: '1', email: 'a' })
    await send.packing({ orderId: '2', email: 'a' })
    const seen: Record<'pass' | 'park', string[]> = { pass: [], park: [] }
    const consumers = (['pass', 'park'] as const).map((unhandled) =>
      defineConsumer(shipment, {
        group: unhandled,
        from,
        unhandled,
        on: { packing: (_, { streamId }) => void seen[unhandled].push(streamId) },
      }),
    )
    const { onError, codes } = reports()
    await using processor = await startProcessor(storage, consumers, { ...hurried, onError })
    await until('it is parked', async () => {
      const { items } = await parkedSequences(storage, consumers[1] as never).list()
      return items.length === 1
    })
    await untilCaughtUp(storage, consumers)
    await processor.stop()
    expect(seen.pass.toSorted()).toEqual(['order:1', 'order:2'])
    expect(seen.park).toEqual(['order:2'])
    expect(new Set(codes())).toEqual(new Set(['OperationUnhandled']))
  })

  test('of which the contract knows nothing yet stops the range, until newer code goes on', async () => {
    await using storage = openMemory({ ranges: 1 })
    const stream = ({ id }: { id: string }) => `b:${id}`
    const one = { id: z.string() }
    const before = defineContract('a.b', { ops: { one }, stream })
    const after = defineContract('a.b', { ops: { one, two: one }, stream })
    // A contract whose uri begins with the other one.
    const below = defineContract('a.b.one', { ops: { two: one }, stream })
    await producer(storage, below).two({ id: '1' })
    await producer(storage, before).one({ id: '1' })
    await producer(storage, after).two({ id: '1' })
    await producer(storage, after).one({ id: '2' })
    const seen: string[] = []
    const note = (_: unknown, { operation, streamId }: ConsumerContext) => void seen.push(`${operation} ${streamId}`)
    const old = defineConsumer(before, { group: 'g', from, on: { one: note } })
    const passing = defineConsumer(before, { group: 'passing', from, unhandled: 'pass', on: { one: () => {} } })
    const { onError, codes } = reports()
    const first = await startProcessor(storage, [old, passing], { ...hurried, onError })
    await until('it is stopped', () => codes().length > 0)
    await untilCaughtUp(storage, [passing])
    await first.stop()
    expect(new Set(codes())).toEqual(new Set(['UnknownOperation']))
    expect(seen).toEqual([])
    const newer = defineConsumer(after, { group: 'g', version: 2, from, on: { one: note, two: note } })
    await using second = await startProcessor(storage, [newer], hurried)
    await until('it goes on', () => seen.length === 3)
    await second.stop()
    expect(seen.filter((call) => call.endsWith('b:1'))).toEqual(['one b:1', 'two b:1'])
  })
})
