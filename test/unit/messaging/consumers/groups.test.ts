import { describe, expect, test } from 'vitest'
import { openInEnvironment } from '../../../../src/core/environment.ts'
import { EnvironmentMismatch } from '../../../../src/core/errors/storage.ts'
import { publishing } from '../../../../src/messaging/bus/publishing.ts'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { interposed, type PortCall } from '../../processor/support.ts'
import { order, shipment } from '../contracts/shipment.ts'
import { reports } from './support.ts'

type Operation = 'orderPlaced' | 'packing' | 'labelled'

/** A consumer of the group `transit` that handles these operations. */
function consumerOf(operations: readonly Operation[], version = 1) {
  const seen: string[] = []
  const handler = (_: unknown, { operation }: { readonly operation: string }) => void seen.push(operation)
  const consumer = defineConsumer(shipment, {
    group: 'transit',
    version,
    from: 'start',
    unhandled: 'pass',
    on: Object.fromEntries(operations.map((operation) => [operation, handler])),
  })
  return { consumer, seen }
}

const both = ['orderPlaced', 'packing'] as const
const fast = { pollInterval: 20, leaseDuration: 2_000 }

describe('a group', () => {
  test('runs one code: a worker with other operations does not start, before anything is read', async () => {
    await using storage = openMemory()
    const running = await startProcessor(storage, [consumerOf(['packing']).consumer], { workerId: 'a' })
    const calls: PortCall[] = []
    const watched = interposed(storage, (call, next) => {
      calls.push(call)
      return next()
    })
    const other = startProcessor(watched, [consumerOf(both).consumer], { workerId: 'b' })
    await expect(other).rejects.toMatchObject({
      code: 'GroupMismatch',
      group: 'shop.shipment-transit',
      running: 1,
      given: 1,
    })
    await expect(other).rejects.toThrow(
      /runs version 1 \(packing\), but this process has version 1 \(orderPlaced, packing\)/,
    )
    expect(calls.filter((call) => !call.startsWith('leases.'))).toEqual([])
    expect(calls).not.toContain('leases.save')
    // The same operations, in whichever order.
    await using same = await startProcessor(storage, [consumerOf(['packing']).consumer], { workerId: 'c' })
    await same.stop()
    await running.stop()
  })

  test('runs other code once no worker is left that has it', async () => {
    await using storage = openMemory()
    for (const operations of [['packing'], both, ['packing']] as const) {
      const { consumer, seen } = consumerOf(operations)
      await using processor = await startProcessor(storage, [consumer], fast)
      const send = producer(storage, shipment)
      await send.orderPlaced(order('1'))
      await send.packing({ orderId: '1', email: 'a' })
      await until('all are handled', () => seen.length === operations.length)
      await untilCaughtUp(storage, [consumer])
      await processor.stop()
      expect(seen).toEqual(operations)
    }
  })

  test('moves to code of a higher version while workers with the former run, which then leave it', async () => {
    await using storage = openMemory({ ranges: 4 })
    const before = consumerOf(['packing'])
    const after = consumerOf(both, 2)
    const { onError, codes } = reports()
    const old = await startProcessor(storage, [before.consumer], { ...fast, workerId: 'old', onError })
    const send = producer(storage, shipment)
    const streams = Array.from({ length: 20 }, (_, i) => String(i))
    const sendAll = async () => {
      for (const orderId of streams) {
        await send.orderPlaced(order(orderId))
        await send.packing({ orderId, email: 'a' })
      }
    }
    await sendAll()
    await until('the former code handled all', () => before.seen.length === 20)
    await untilCaughtUp(storage, [before.consumer])
    await using newer = await startProcessor(storage, [after.consumer], { ...fast, workerId: 'newer' })
    const owners = async () => {
      const leases = await storage.leases.list({ projection: 'shop.shipment-transit' })
      return new Set(leases.map(({ document }) => document.owner))
    }
    await until('the new code has all ranges', async () => (await owners()).size === 1 && (await owners()).has('newer'))
    await sendAll()
    await until('it handles all', () => after.seen.length === 40)
    expect(before.seen).toHaveLength(20)
    expect(codes()).toEqual(['GroupMismatch'])
    // The former code cannot start again while the new one runs.
    await expect(
      startProcessor(storage, [consumerOf(['packing']).consumer], { ...fast, workerId: 'late' }),
    ).rejects.toMatchObject({ code: 'GroupMismatch', running: 2, given: 1 })
    await old.stop()
    await newer.stop()
  })

  test('has one code, if workers with several start at once', async () => {
    await using storage = openMemory()
    const codes = [consumerOf(['packing']), consumerOf(['orderPlaced']), consumerOf(both)]
    const started = await Promise.allSettled(
      codes.map(({ consumer }, i) => startProcessor(storage, [consumer], { ...fast, workerId: `w${i}` })),
    )
    const send = producer(storage, shipment)
    await send.orderPlaced(order('1'))
    await send.packing({ orderId: '1', email: 'a' })
    await until('the calls are handled or passed over', async () => {
      const [lease] = await storage.leases.list({ projection: 'shop.shipment-transit' })
      return (lease?.document.readTo ?? 0) > 0
    })
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.stop()))
    const workers = codes.filter(({ seen }) => seen.length > 0)
    expect(workers).toHaveLength(1)
    expect(workers[0]?.seen).toEqual(Object.keys(workers[0]?.consumer.group?.operations ?? {}))
  })

  test('does not start on the log of an environment that its storage was not opened for', async () => {
    await using storage = openMemory()
    await openInEnvironment({ environment: 'prod' }, async () => storage)
    const { consumer } = consumerOf(both)
    await expect(startProcessor(storage, [consumer])).rejects.toEqual(new EnvironmentMismatch('prod', null))
    expect(await storage.leases.list({ projection: consumer.name })).toEqual([])
    const bus = { name: 'none', publish: async () => [], close: async () => {} }
    const published = publishing('published', {
      events: shipment.events,
      bus,
      address: 'shop.shipment',
      source: '/shop',
    })
    await expect(startProcessor(storage, [published])).rejects.toEqual(new EnvironmentMismatch('prod', null))
    const prod = await openInEnvironment({ environment: 'prod' }, async () => storage)
    await (await startProcessor(prod, [published])).stop()
  })
})
