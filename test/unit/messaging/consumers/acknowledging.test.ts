import { describe, expect, test } from 'vitest'
import type { ConsumerContext, ConsumerDefinition } from '../../../../src/messaging/consumers/consumer-types.ts'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { hurriedClock } from '../../processor/support.ts'
import { shipment } from '../contracts/shipment.ts'
import { reports } from './support.ts'

type Ack = NonNullable<ConsumerDefinition<object>['ack']>

/** Runs a consumer on one call that `handle` handles, and one after it in the same stream that succeeds. */
async function run(ack: Ack | undefined, handle: (context: ConsumerContext) => unknown) {
  await using storage = openMemory()
  const send = producer(storage, shipment)
  await send.packing({ orderId: '1', email: 'first' })
  await send.packing({ orderId: '1', email: 'second' })
  const calls = { first: 0, second: 0 }
  const { onError, found, codes } = reports()
  const consumer = defineConsumer(shipment, {
    group: 'transit',
    from: 'start',
    unhandled: 'pass',
    attempts: ack === 'onFinally' ? 1 : 3,
    ...(ack && { ack }),
    on: {
      packing({ email }, context) {
        calls[email as 'first' | 'second']++
        return email === 'first' ? handle(context) : context.ack()
      },
    },
  })
  await using processor = await startProcessor(storage, [consumer], { clock: hurriedClock, onError })
  await untilCaughtUp(storage, [consumer])
  await processor.stop()
  const { items } = await parkedSequences(storage, consumer).list()
  // After a restart, nothing that was acknowledged is called again.
  const again = { ...calls }
  await using second = await startProcessor(storage, [consumer], { clock: hurriedClock })
  await untilCaughtUp(storage, [consumer])
  await second.stop()
  expect(calls).toEqual(again)
  return { calls, parked: items.map(({ key }) => key), reported: codes(), parks: found.map(({ parks }) => parks) }
}

const fails = () => Promise.reject(new Error('no'))
const succeeds = () => {}

const parked = { calls: { first: 3, second: 0 }, parked: ['order:1'] }
const acknowledged = { calls: { first: 1, second: 1 }, parked: [] }

describe('a call is acknowledged', () => {
  test.each([undefined, 'onSuccess'] as const)('with ack %s once its handler succeeded', async (ack) => {
    expect(await run(ack, succeeds)).toMatchObject({ ...acknowledged, reported: [] })
    expect(await run(ack, fails)).toMatchObject({ ...parked, reported: Array(3).fill('HandlerFailed') })
  })

  test('with ack manual when the handler says so, and one that ends without has failed', async () => {
    expect(await run('manual', ({ ack }) => ack())).toMatchObject({ ...acknowledged, reported: [] })
    expect(await run('manual', succeeds)).toMatchObject({ ...parked, reported: Array(3).fill('NotAcknowledged') })
    expect(await run('manual', fails)).toMatchObject(parked)
  })

  test('with ack onFinally after one attempt, and a failure is reported', async () => {
    expect(await run('onFinally', succeeds)).toMatchObject({ ...acknowledged, reported: [] })
    expect(await run('onFinally', fails)).toMatchObject({ ...acknowledged, parks: [false] })
  })

  test.each(['onSuccess', 'manual', 'onFinally'] as const)(
    'with ack %s as soon as the handler says so, and what follows happens at most once',
    async (ack) => {
      const early = await run(ack, async (context) => {
        await context.ack()
        throw new Error('after it was acknowledged')
      })
      expect(early).toMatchObject({ ...acknowledged, parks: [false] })
    },
  )

  test('by a handler that does not wait for it', async () => {
    expect(await run('manual', ({ ack }) => void ack())).toMatchObject({ ...acknowledged, reported: [] })
  })

  test('once it is stored: a worker that dies after that is not called again', async () => {
    await using storage = openMemory()
    await producer(storage, shipment).packing({ orderId: '1', email: 'a' })
    let isStored = false
    let calls = 0
    const consumerOf = (handle: (context: ConsumerContext) => unknown) =>
      defineConsumer(shipment, {
        group: 'transit',
        from: 'start',
        ack: 'manual',
        unhandled: 'pass',
        on: {
          packing(_, context) {
            calls++
            return handle(context)
          },
        },
      })
    const hanging = consumerOf(async ({ ack }) => {
      await ack()
      isStored = true
      await new Promise(() => {})
    })
    const dying = await startProcessor(storage, [hanging], { workerId: 'dying', clock: hurriedClock })
    await until('it is acknowledged', () => isStored)
    const next = consumerOf(({ ack }) => ack())
    // Another process, while the first one still hangs.
    await using living = await startProcessor(storage, [next], { workerId: 'living', leaseDuration: 300 })
    await dying.stop()
    await untilCaughtUp(storage, [next])
    await living.stop()
    expect(calls).toBe(1)
  })
})
