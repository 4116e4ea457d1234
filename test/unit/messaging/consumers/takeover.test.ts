import { expect, test } from 'vitest'
import { defineConsumer } from '../../../../src/messaging/consumers/define-consumer.ts'
import { producer } from '../../../../src/messaging/contracts/producer.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { interposed } from '../../processor/support.ts'
import { shipment } from '../contracts/shipment.ts'

const LEASE = 15_000
const POLL = 1_000
const STEP = 250

test("a dead consumer's work goes on within one lease and one poll, while calls keep arriving in its stream", async () => {
  const clock = manualClock()
  await using storage = openMemory({ ranges: 1, clock })
  const send = producer(storage, shipment)
  const calls: { worker: string; version: number; at: number }[] = []
  const consumerOf = (worker: string) =>
    defineConsumer(shipment, {
      group: 'transit',
      from: 'start',
      unhandled: 'pass',
      on: {
        packing(_, { version }) {
          calls.push({ worker, version, at: clock.now() })
          // It dies within a call.
          return worker === 'dead' && isDead ? new Promise(() => {}) : undefined
        },
      },
    })
  let isDead = false
  // What a dead process asks for never happens.
  const ofTheDead = interposed(storage, (_, next) => (isDead ? new Promise(() => {}) : next()))
  const options = { clock, leaseDuration: LEASE, pollInterval: POLL, random: () => 0.5 }
  const dead = await startProcessor(ofTheDead, [consumerOf('dead')], { ...options, workerId: 'dead' })
  let sent = 0
  /** A call arrives, time passes, and everything that is due runs. */
  const step = async () => {
    await send.packing({ orderId: '1', email: String(sent++) })
    clock.advance(STEP)
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
  }
  while (!calls.some(({ worker }) => worker === 'dead')) await step()
  await using living = await startProcessor(storage, [consumerOf('living')], { ...options, workerId: 'living' })
  for (let steps = 0; steps < 40; steps++) await step()
  expect(calls.every(({ worker }) => worker === 'dead')).toBe(true)
  const before = calls.length
  expect(before).toBeGreaterThan(30)
  isDead = true
  const diedAt = clock.now()
  while (!calls.some(({ worker }) => worker === 'living') && clock.now() < diedAt + 2 * LEASE) await step()
  const first = calls.find(({ worker }) => worker === 'living')
  expect((first?.at ?? Number.POSITIVE_INFINITY) - diedAt).toBeLessThanOrEqual(LEASE + POLL + STEP)
  // Not before the lease ran out, or two would have worked at once.
  expect((first?.at ?? 0) - diedAt).toBeGreaterThan(LEASE / 2)
  while (calls.at(-1)?.version !== sent) await step()
  const versions = calls.map(({ version }) => version)
  // What the dead one was called for and did not acknowledge is repeated; nothing is left out.
  expect([...new Set(versions)]).toEqual(Array.from({ length: sent }, (_, i) => i + 1))
  const stopping = living.stop()
  for (let turns = 0; turns < 100; turns++) await step()
  await stopping
  // The dead one cannot stop; its sleeps are over with the clock.
  void dead
})
