import { expect, it } from 'vitest'
import type { Reading, Telemetry } from '../../../src/core/telemetry/telemetry.ts'
import { noTelemetry } from '../../../src/core/telemetry/telemetry.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { timersConsumer } from '../../../src/timers/pending/timers-consumer.ts'
import { pendingTimers } from '../../../src/timers/pending-timers.ts'
import { eventsOf, open, ref, typesOf } from './support.ts'

const MINUTE = 60_000

async function withTimers() {
  const world = open(3)
  const { port, clock, schedule, start, stop, pass } = world
  for (let i = 5; i >= 1; i--) await schedule(`m:${i}`, i * 10 * MINUTE)
  const worker = await start()
  await pass(200)
  await stop(worker)
  return { ...world, timers: pendingTimers(port, { clock }) }
}

it('lists timers in the order in which they are due, a page at a time, with their state', async () => {
  const { port, pass, timers } = await withTimers()
  await using _ = port
  await pass(20 * MINUTE)
  const first = await timers.list({ limit: 3 })
  expect(first.items.map(({ key, state }) => [key, state])).toEqual([
    ['m:1', 'overdue'],
    ['m:2', 'due'],
    ['m:3', 'pending'],
  ])
  const rest = await timers.list({ limit: 3, after: first.next ?? '' })
  expect(rest.items.map(({ key }) => key)).toEqual(['m:4', 'm:5'])
  expect(rest.next).toBe(undefined)
  expect((await timers.list({ due: true })).items.map(({ key }) => key)).toEqual(['m:1', 'm:2'])
  expect((await timers.list({ reaction: 'other' })).items).toEqual([])
  expect((await timers.list({ reaction: 'activation', timer: 'reminder' })).items).toHaveLength(5)
  expect((await timers.list({ timer: 'other' })).items).toEqual([])
  await expect(timers.list({ limit: 0 })).rejects.toMatchObject({ code: 'InvalidQuery' })
})

it('counts what is pending, due and overdue', async () => {
  const { port, pass, timers } = await withTimers()
  await using _ = port
  await pass(20 * MINUTE)
  expect(await timers.status()).toEqual({ pending: 5, due: 2, overdue: 1, next: (await timers.list()).items[0]?.at })
  await using empty = open().port
  expect(await pendingTimers(empty).status()).toEqual({ pending: 0, due: 0, overdue: 0, next: null })
})

it('cancels what is pending, once, and nothing else', async () => {
  const { port, timers, pass, start, stop } = await withTimers()
  await using _ = port
  expect(await timers.cancel(ref('m:1'))).toBe(true)
  expect(await timers.cancel(ref('m:1'))).toBe(false)
  expect(await timers.cancel(ref('m:9'))).toBe(false)
  expect(await timers.cancel({ ...ref('m:2'), reaction: 'other' })).toBe(false)
  expect(() => timers.cancel({ ...ref('m:2'), timer: '' })).toThrow(expect.objectContaining({ code: 'InvalidOption' }))
  expect(() => timers.cancel(ref(''))).toThrow(expect.objectContaining({ code: 'InvalidOption' }))
  const worker = await start()
  await pass(15 * MINUTE)
  expect(typesOf(await eventsOf(port, 'm:1'))).toEqual(['$timerScheduled', '$timerCancelled'])
  expect(await timers.status()).toMatchObject({ pending: 4 })
  await stop(worker)
})

it('is measured by the workers that fire the timers, each of its own ranges', async () => {
  const { port, theirs, clock, pass, whileTimePasses, stop } = await withTimers()
  await using _ = port
  const observed: (() => Promise<readonly Reading[]>)[] = []
  const telemetry: Telemetry = {
    ...noTelemetry,
    observe(read) {
      observed.push(read)
      return () => {}
    },
  }
  const begin = () => whileTimePasses(startProcessor(theirs, [timersConsumer], { clock, telemetry }))
  const workers = [await begin(), await begin()]
  await pass(5_000)
  const sums: Record<string, number> = {}
  for (const read of observed) {
    for (const { gauge, value } of await whileTimePasses(read())) {
      if (gauge.startsWith('tidemark.timers')) sums[gauge] = (sums[gauge] ?? 0) + value
    }
  }
  expect(sums).toEqual({ 'tidemark.timers.pending': 5, 'tidemark.timers.overdue': 0 })
  for (const worker of workers) await stop(worker)
})
