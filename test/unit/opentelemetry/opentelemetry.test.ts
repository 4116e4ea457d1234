import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { METRICS, noTelemetry } from '../../../src/core/telemetry/telemetry.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { events, hurriedClock, interposed, perStream } from '../processor/support.ts'
import { type Exported, recording } from './support.ts'

const added = (...amounts: number[]) => amounts.map((amount) => ({ type: 'Added' as const, data: { amount } }))
const sum = (metric: Exported | undefined): number | undefined =>
  metric?.points.reduce((all, { value }) => all + value, 0)
const of = { 'tidemark.projection': 'per-stream', 'tidemark.version': 1 }

const counter = defineAggregate({
  category: 'counter',
  events,
  initial: { total: 0 },
  evolve: { Added: (state, { data }) => ({ total: state.total + data.amount }), Cleared: () => ({ total: 0 }) },
})

describe('the metrics of appends', () => {
  it('count events once, conflicts, and retries', async () => {
    await using seen = recording()
    await using port = openMemory()
    const { telemetry } = seen
    const store = eventStore(port, events, { telemetry })
    const [event] = added(1)
    const twice = [{ ...event, id: 'same' }] as Parameters<typeof store.append>[1]
    await store.append('a:1', twice, { expectedVersion: 0 })
    await store.append('a:1', twice, { expectedVersion: 0 })
    await store.append('a:1', added(2, 3), { expectedVersion: 1 })
    await expect(store.append('a:1', added(4), { expectedVersion: 1 })).rejects.toThrow(WrongExpectedVersion)

    // Two repositories, as two processes have them: within one, commands on a stream wait for each other.
    const newCounters = () => repository(port, counter, { telemetry, clock: hurriedClock })
    const counters = newCounters()
    await Promise.all(
      [1, 2].map((amount) => newCounters().execute('1', () => added(amount, amount), { commandId: `c${amount}` })),
    )
    await counters.execute('1', () => added(1, 1), { commandId: 'c1' })
    await counters.execute('1', () => [])
    const metrics = await seen.metrics()
    expect(metrics['tidemark.events.appended']).toEqual({
      unit: '{event}',
      points: [
        { attributes: { 'tidemark.category': 'a' }, value: 3 },
        { attributes: { 'tidemark.category': 'counter' }, value: 4 },
      ],
    })
    expect(metrics['tidemark.append.conflicts']?.points).toEqual([
      { attributes: { 'tidemark.category': 'a' }, value: 1 },
      { attributes: { 'tidemark.category': 'counter' }, value: 1 },
    ])
    expect(metrics['tidemark.append.retries']?.points).toEqual([
      { attributes: { 'tidemark.category': 'counter' }, value: 1 },
    ])
  })
})

describe('the metrics of a processor', () => {
  it('count what is folded and saved, and tell how far the ranges are, each with its unit', async () => {
    await using seen = recording()
    await using port = openMemory({ ranges: 2 })
    const store = eventStore(port, events)
    for (const id of ['a', 'b', 'c']) await store.append(`s:${id}`, added(1, 2), { expectedVersion: 0 })
    const processor = await startProcessor(port, [perStream], { telemetry: seen.telemetry })
    await untilCaughtUp(port, [perStream])
    const metrics = await seen.metrics()
    expect(metrics['tidemark.events.projected']).toEqual({ unit: '{event}', points: [{ attributes: of, value: 6 }] })
    expect(metrics['tidemark.fold.duration']).toEqual({ unit: 's', points: [{ attributes: of, value: 3 }] })
    expect(metrics['tidemark.save.duration']).toEqual({ unit: 's', points: [{ attributes: of, value: 3 }] })
    expect(metrics['tidemark.lease.changes']?.points).toEqual([
      { attributes: { ...of, 'tidemark.change': 'taken' }, value: 2 },
    ])
    for (const gauge of ['behind', 'oldest', 'parked', 'stalled']) {
      expect(
        metrics[`tidemark.range.${gauge}`]?.points.map(({ value }) => value),
        gauge,
      ).toEqual([0, 0])
    }
    await processor.stop()
    const after = await seen.metrics()
    expect(after['tidemark.lease.changes']?.points).toContainEqual({
      attributes: { ...of, 'tidemark.change': 'released' },
      value: 2,
    })
  })

  it('are no longer asked for once it is stopped', async () => {
    await using port = openMemory()
    const ended = vi.fn()
    const processor = await startProcessor(port, [perStream], { telemetry: { ...noTelemetry, observe: () => ended } })
    expect(ended).not.toHaveBeenCalled()
    await processor.stop()
    expect(ended).toHaveBeenCalledOnce()
  })

  it('tell how many events wait, and for how long', async () => {
    await using seen = recording()
    await using port = openMemory()
    const gate = Promise.withResolvers<void>()
    let begun = false
    const slow = interposed(port, async (call, next) => {
      if (call === 'viewStore.save' && begun) await gate.promise
      return next()
    })
    await using processor = await startProcessor(slow, [perStream], { telemetry: seen.telemetry })
    begun = true
    await eventStore(port, events).append('s:1', added(1, 2, 3), { expectedVersion: 0 })
    await until('a second goes by', async () => ((await processor.status()).ranges[0]?.oldestAge ?? 0) >= 1_000)
    const metrics = await seen.metrics()
    gate.resolve()
    expect(sum(metrics['tidemark.range.behind'])).toBe(3)
    expect(metrics['tidemark.range.oldest']?.unit).toBe('s')
    expect(sum(metrics['tidemark.range.oldest'])).toBeGreaterThanOrEqual(1)
    expect(sum(metrics['tidemark.range.oldest'])).toBeLessThan(10)
  })

  it('count conflicts, retries, what is parked, failures, and leases that are lost', async () => {
    await using seen = recording()
    await using port = openMemory()
    const bad = defineProjection('bad', {
      events,
      key: ({ streamId }) => streamId,
      initial: () => ({ n: 0 }),
      on: {
        Added: (view, { data }) => {
          if (data.amount < 0) throw new Error('negative')
          return { n: view.n + 1 }
        },
      },
    })
    await eventStore(port, events).append('s:1', added(1), { expectedVersion: 0 })
    await eventStore(port, events).append('s:2', added(-1), { expectedVersion: 0 })
    const faults = { conflict: true, read: true }
    const flaky = interposed(port, async (call, next) => {
      if (call === 'feed.read' && faults.read) {
        faults.read = false
        throw new TypeError('not now')
      }
      if (call === 'viewStore.save' && faults.conflict && !faults.read) {
        faults.conflict = false
        return { saved: false } as Awaited<ReturnType<typeof next>>
      }
      return next()
    })
    await using processor = await startProcessor(flaky, [bad], {
      telemetry: seen.telemetry,
      clock: hurriedClock,
    })
    await untilCaughtUp(port, [bad])
    await until('it is parked', async () => (await processor.status()).ranges[0]?.state === 'parked')
    const [lease] = await port.leases.list({ projection: 'bad' })
    if (lease === undefined) throw new Error('There is no lease')
    const theirs = { ...lease.document, hold: 'other', expiresAt: Date.now() + 3_600_000 }
    await until('another process under the same worker id takes the lease', async () => {
      const now = await port.leases.get(lease.document.id)
      return now !== undefined && (await port.leases.save(theirs, { ifMatch: now.etag })).saved
    })
    const lost = { ...{ 'tidemark.projection': 'bad', 'tidemark.version': 1 }, 'tidemark.change': 'lost' }
    await until('it is noticed', async () =>
      Boolean(
        (await seen.metrics())['tidemark.lease.changes']?.points.some(
          ({ attributes }) => attributes['tidemark.change'] === 'lost',
        ),
      ),
    )
    const metrics = await seen.metrics()
    expect(metrics['tidemark.lease.changes']?.points).toContainEqual({ attributes: lost, value: 1 })
    expect(sum(metrics['tidemark.view.conflicts'])).toBe(1)
    expect(sum(metrics['tidemark.handler.retries'])).toBeGreaterThanOrEqual(1)
    expect(sum(metrics['tidemark.sequences.parked'])).toBe(1)
    expect(metrics['tidemark.range.failures']?.points).toEqual([
      { attributes: { 'tidemark.projection': 'bad', 'tidemark.version': 1, 'error.type': 'TypeError' }, value: 1 },
    ])
  })
})

describe('a trace', () => {
  it('runs from the append to the save of the view, and to the handler', async () => {
    await using seen = recording()
    await using port = openMemory()
    const { telemetry, tracer, spans } = seen
    const handled: string[] = []
    const reaction = defineReaction('mail', {
      events,
      from: 'start',
      on: {
        Added: () => {
          tracer.startSpan('send').end()
          handled.push('sent')
        },
      },
    })
    await tracer.startActiveSpan('request', async (span) => {
      await repository(port, counter, { telemetry }).execute('1', () => added(1))
      span.end()
    })
    await using _ = await startProcessor(port, [perStream, reaction], { telemetry })
    await untilCaughtUp(port, [perStream, reaction])
    const finished = spans.getFinishedSpans()
    const named = (name: string) => finished.find((span) => span.name === name)
    const append = named('tidemark.append')
    expect(append?.parentSpanContext?.spanId).toBe(named('request')?.spanContext().spanId)
    expect(named('tidemark.project')?.parentSpanContext?.spanId).toBe(append?.spanContext().spanId)
    expect(named('tidemark.react')?.parentSpanContext?.spanId).toBe(append?.spanContext().spanId)
    expect(named('send')?.parentSpanContext?.spanId).toBe(named('tidemark.react')?.spanContext().spanId)
    expect(new Set(finished.map((span) => span.spanContext().traceId)).size).toBe(1)
    expect(handled).toEqual(['sent'])
  })

  it('links a page to the appends of its first events, and continues the first that is recorded', async () => {
    await using seen = recording()
    await using port = openMemory()
    const store = eventStore(port, events, { telemetry: seen.telemetry })
    const unrecorded = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`
    const metadata = { traceparent: unrecorded }
    await store.append('s:0', added(1), { expectedVersion: 0, metadata })
    await store.append('s:x', added(1), { expectedVersion: 0, metadata: { traceparent: 'nonsense' } })
    for (let i = 1; i <= 40; i++) await store.append(`s:${i}`, added(1, 2), { expectedVersion: 0 })
    const appends = seen.spans
      .getFinishedSpans()
      .slice(2)
      .map((span) => span.spanContext().spanId)
    await using _ = await startProcessor(port, [perStream], { telemetry: seen.telemetry })
    await untilCaughtUp(port, [perStream])
    const projects = seen.spans.getFinishedSpans().filter(({ name }) => name === 'tidemark.project')
    expect(projects).toHaveLength(1)
    expect(projects[0]?.attributes).toMatchObject({ ...of, 'tidemark.events': 82 })
    expect(projects[0]?.parentSpanContext?.spanId).toBe(appends[0])
    expect(projects[0]?.links.map(({ context }) => context.spanId)).toEqual(['2'.repeat(16), ...appends.slice(1, 30)])
  })

  it('tells what failed, and leaves events as they are when nothing is traced', async () => {
    await using seen = recording()
    await using port = openMemory()
    const traced = eventStore(port, events, { telemetry: seen.telemetry })
    await expect(traced.append('s:1', added(1), { expectedVersion: 5 })).rejects.toThrow(WrongExpectedVersion)
    expect(seen.spans.getFinishedSpans()[0]?.status.code).toBe(2)
    await eventStore(port, events).append('s:1', added(1), { expectedVersion: 0 })
    const { events: read } = await traced.load('s:1')
    expect(read.map(({ metadata }) => 'traceparent' in metadata)).toEqual([false])
  })
})

describe('without telemetry', () => {
  it('no clock is read and nothing is made', () => {
    const now = vi.spyOn(performance, 'now')
    const stop = noTelemetry.time('tidemark.fold.duration', of)
    stop()
    expect(noTelemetry.time('tidemark.save.duration', of)).toBe(stop)
    expect(now).not.toHaveBeenCalled()
    now.mockRestore()
  })
})

it('the guide names every metric with its unit', () => {
  const guide = readFileSync(new URL('../../../docs/guides/run-the-worker.md', import.meta.url), 'utf8')
  for (const [name, { unit }] of Object.entries(METRICS)) {
    expect(guide).toContain(`| \`${name}\` | ${unit.replaceAll(/[{}]/g, '')} |`)
  }
})
