import { expect, it } from 'vitest'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { open } from '../../timers/support.ts'
import { order, shipment } from '../contracts/shipment.ts'

it('calls the consumer of a timer with its uri and a key that is the same at each attempt', async () => {
  const calls: (readonly [string, string, string])[] = []
  const consumer = defineConsumer(shipment, {
    group: 'reminder',
    unhandled: 'pass',
    on: { orderPlaced: ({ orderId }, { after }) => after(2_000, { timer: 'late', key: orderId }) },
    timers: {
      late(timer, { uri, key, attempt }) {
        calls.push([timer.key, uri, key])
        if (attempt === 1) throw new Error('not yet')
      },
    },
  })
  const { port, theirs, clock, pass, whileTimePasses } = open(2)
  const worker = await whileTimePasses(startProcessor(theirs, [consumer], { clock }))
  await producer(port, shipment).orderPlaced(order('1'), { id: 'a' })
  await pass(1_500)
  expect(calls).toEqual([])
  await pass(5_000)
  expect(calls.map(([key, uri]) => [key, uri])).toEqual([
    ['1', 'shop.shipment'],
    ['1', 'shop.shipment'],
  ])
  expect(calls[0]?.[2]).toBe(calls[1]?.[2])
  await whileTimePasses(worker.stop())
})

it('parks a timer whose handler ends without an acknowledgement, if it is to acknowledge by itself', async () => {
  const acknowledged: string[] = []
  const consumer = defineConsumer(shipment, {
    group: 'reminder',
    unhandled: 'pass',
    ack: 'manual',
    attempts: 1,
    on: {
      async orderPlaced({ orderId }, { after, ack }) {
        await after(100, { timer: 'late', key: orderId })
        await ack()
      },
    },
    timers: {
      async late({ key }, { ack }) {
        if (key === 'forgets') return
        await ack()
        acknowledged.push(key)
      },
    },
  })
  const { port, theirs, clock, pass, whileTimePasses } = open(2)
  const worker = await whileTimePasses(startProcessor(theirs, [consumer], { clock }))
  const { orderPlaced } = producer(port, shipment)
  await orderPlaced(order('forgets'), { id: 'a' })
  await orderPlaced(order('acknowledges'), { id: 'b' })
  await pass(10_000)
  expect(acknowledged).toEqual(['acknowledges'])
  const { items } = await parkedSequences(port, consumer).list()
  expect(items).toHaveLength(1)
  expect(items[0]?.key).toMatch(/^\$timer:shop\.shipment-reminder-/)
  await whileTimePasses(worker.stop())
})

it('refuses what is no handler of a timer', () => {
  const timers = { late: 1 } as never
  expect(() => defineConsumer(shipment, { group: 'a', unhandled: 'pass', on: { packing: () => {} }, timers })).toThrow(
    expect.objectContaining({ code: 'InvalidDefinition' }),
  )
})
