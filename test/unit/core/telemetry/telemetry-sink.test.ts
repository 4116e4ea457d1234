import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { chargeReporter } from '../../../../src/adapters/cosmos/client/charges.ts'
import { defineAggregate } from '../../../../src/aggregates/aggregate.ts'
import { repository } from '../../../../src/aggregates/repository.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { noTelemetry, type Reading, type Telemetry } from '../../../../src/core/telemetry/telemetry.ts'
import { telemetrySink } from '../../../../src/core/telemetry/telemetry-sink.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'

const events = defineEvents({ Added: z.object({}) })
const of = { 'tidemark.category': 's' }
const charged = 'azure.cosmosdb.client.operation.request_charge'

it('a collection contains what was counted since the one before, by attributes in any order', async () => {
  const { telemetry, collect } = telemetrySink()
  telemetry.count('tidemark.events.appended', 2, { a: 1, b: 'x' })
  telemetry.count('tidemark.events.appended', 3, { b: 'x', a: 1 })
  telemetry.count('tidemark.events.appended', 1, { a: 2 })
  telemetry.count('tidemark.events.appended', 0, { a: 3 })
  expect((await collect()).counters).toEqual([
    { counter: 'tidemark.events.appended', value: 5, attributes: { a: 1, b: 'x' } },
    { counter: 'tidemark.events.appended', value: 1, attributes: { a: 2 } },
  ])
  expect(await collect()).toEqual({ counters: [], timers: [], histograms: [], gauges: [] })
})

it('durations are counted in the bucket that they belong to, and none is lost', async () => {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  try {
    const exact = fc.constantFrom(0.001, 0.25, 10)
    const durations = fc.array(fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), exact), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(durations, async (all) => {
        const { telemetry, collect } = telemetrySink()
        for (const seconds of all) {
          now = 0
          const stop = telemetry.time('tidemark.append.duration', of)
          now = seconds * 1000
          stop()
        }
        const [timer] = (await collect()).timers
        if (timer === undefined) throw new Error('Nothing was measured')
        expect(timer.count).toBe(all.length)
        expect(timer.longest).toBeCloseTo(Math.max(...all), 9)
        expect(timer.sum).toBeCloseTo(
          all.reduce((sum, one) => sum + one, 0),
          6,
        )
        const bounds = [Number.NEGATIVE_INFINITY, ...timer.boundaries, Number.POSITIVE_INFINITY]
        const within = (seconds: number, i: number) =>
          seconds > (bounds[i] as number) && seconds <= (bounds[i + 1] as number)
        const rounded = all.map((seconds) => (seconds * 1000) / 1000)
        expect(timer.buckets).toEqual(timer.buckets.map((_, i) => rounded.filter((one) => within(one, i)).length))
      }),
      { numRuns: 50 },
    )
  } finally {
    clock.mockRestore()
  }
})

it('a timer has the attributes that are known when it stops, besides those of its start', async () => {
  const { telemetry, collect } = telemetrySink()
  telemetry.time('http.server.request.duration', { 'http.request.method': 'GET' })({ 'http.route': '/meters' })
  const [timer] = (await collect()).timers
  expect(timer?.attributes).toEqual({ 'http.request.method': 'GET', 'http.route': '/meters' })
})

it('the values of a histogram are counted in buckets of its own', async () => {
  const { telemetry, collect } = telemetrySink()
  for (const value of [1, 7, 5_000]) telemetry.record(charged, value, of)
  expect((await collect()).histograms).toEqual([
    {
      histogram: charged,
      attributes: of,
      count: 3,
      sum: 5_008,
      largest: 5_000,
      buckets: [1, 0, 1, 0, 0, 0, 0, 0, 0, 1],
      boundaries: [1, 5, 10, 25, 50, 100, 250, 500, 1_000],
    },
  ])
})

it('gauges are read at each collection, until they are unregistered, and one that fails is left out', async () => {
  const { telemetry, collect } = telemetrySink()
  const reading: Reading = { gauge: 'tidemark.range.behind', value: 7, attributes: {} }
  const unobserve = telemetry.observe(async () => [reading])
  telemetry.observe(() => Promise.reject(new Error('away')))
  expect((await collect()).gauges).toEqual([reading])
  unobserve()
  expect((await collect()).gauges).toEqual([])
})

it('what exceeds the number of series is added up, and not kept', async () => {
  const { telemetry, collect } = telemetrySink({ mostSeries: 2 })
  for (let a = 0; a < 5; a++) telemetry.count('tidemark.events.appended', 1, { a })
  expect((await collect()).counters.map(({ value, attributes }) => [value, attributes])).toEqual([
    [1, { a: 0 }],
    [1, { a: 1 }],
    [3, { 'otel.metric.overflow': 'true' }],
  ])
})

it('everything is also sent to the next one, and spans are its own', async () => {
  const calls: string[] = []
  const next: Telemetry = {
    count: (counter) => void calls.push(counter),
    time(timer) {
      calls.push(timer)
      return () => void calls.push('stop')
    },
    record: (histogram) => void calls.push(histogram),
    observe() {
      calls.push('observe')
      return () => void calls.push('unobserve')
    },
    span: (_, work) => work('00-trace'),
  }
  const { telemetry } = telemetrySink({ next })
  telemetry.count('tidemark.events.appended', 1, {})
  telemetry.time('tidemark.append.duration', {})()
  telemetry.record(charged, 1, {})
  telemetry.observe(async () => [])()
  const span = { name: 'x', kind: 'producer', attributes: {} } as const
  expect(await telemetry.span(span, async (traceparent) => traceparent)).toBe('00-trace')
  const measured = ['tidemark.events.appended', 'tidemark.append.duration', 'stop', charged]
  expect(calls).toEqual([...measured, 'observe', 'unobserve'])
})

it('appends of event stores and repositories are timed, also those that fail', async () => {
  await using storage = openMemory()
  const { telemetry, collect } = telemetrySink()
  const store = eventStore(storage, events, { telemetry })
  await store.append('s:1', [{ type: 'Added', data: {} }], { expectedVersion: 0 })
  await expect(store.append('s:1', [{ type: 'Added', data: {} }], { expectedVersion: 0 })).rejects.toThrow()
  const counter = defineAggregate({ category: 's', events, initial: {}, evolve: { Added: (state) => state } })
  const aggregates = repository(storage, counter, { telemetry })
  await aggregates.execute('2', () => [{ type: 'Added' as const, data: {} }])
  const { timers } = await collect()
  expect(timers.map(({ timer, attributes, count }) => [timer, attributes, count])).toEqual([
    ['tidemark.append.duration', of, 3],
  ])
})

it('requests to Azure Cosmos DB are counted by their status, and the charge of each call is recorded', () => {
  const counted: unknown[] = []
  const push = (...args: readonly unknown[]) => void counted.push(args)
  const report = chargeReporter({ ...noTelemetry, count: push, record: push }, undefined)
  report({ operation: 'append', charge: 4, requests: 3, statuses: { 200: 1, 429: 2 } })
  const attributes = { 'tidemark.operation': 'append' }
  expect(counted).toEqual([
    ['tidemark.cosmos.charge', 4, attributes],
    [charged, 4, { 'db.operation.name': 'append' }],
    ['tidemark.cosmos.requests', 1, { ...attributes, 'db.response.status_code': '200' }],
    ['tidemark.cosmos.requests', 2, { ...attributes, 'db.response.status_code': '429' }],
  ])
})
