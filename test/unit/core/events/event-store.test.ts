import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { InvalidEventData, StreamDeleted, StreamNotFound } from '../../../../src/core/errors/index.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import type { ReadOptions } from '../../../../src/core/port/event-log.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'

const set = defineEvents({ A: z.object({ n: z.number() }), B: z.object({}) })

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of iterable) all.push(item)
  return all
}

it('appends, reads, loads and queries typed events', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  const { version } = await store.append(
    'a:1',
    [
      { type: 'A', data: { n: 1 } },
      { type: 'B', data: {} },
    ],
    {
      expectedVersion: 'noStream',
      metadata: { correlationId: 'c' },
    },
  )
  expect(version).toBe(2)
  await storage.events.append('a:1', [{ eventType: 'Foreign', eventData: {}, metadata: { eventId: 'f' } }], {
    expectedVersion: 2,
  })
  const loaded = await store.load('a:1')
  expect([loaded.version, loaded.events.map(({ type }) => type)]).toEqual([3, ['A', 'B']])
  expect(await collect(store.read('a:1', { direction: 'backwards' }))).toEqual(loaded.events.toReversed())
  expect(await collect(store.query({ types: ['A'], where: { n: 1 } }))).toEqual(loaded.events.slice(0, 1))
  expect(await collect(store.query({}))).toEqual(loaded.events)
  expect(loaded.events[0]?.metadata.correlationId).toBe('c')
})

it('reads long streams page by page', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  for (let version = 0; version < 1_200; version += 400) {
    const events = Array.from({ length: 400 }, (_, i) => ({ type: 'A' as const, data: { n: version + i + 1 } }))
    await store.append('a:1', events, { expectedVersion: version })
  }
  const numbers = async (options: ReadOptions) => (await collect(store.read('a:1', options))).map(({ data }) => data)
  const versions = fc.option(fc.integer({ min: 1, max: 1_300 }), { nil: undefined })
  const options = fc.record({
    from: versions,
    to: versions,
    limit: fc.option(fc.constantFrom(1, 499, 500, 501, 1_000, 1_200, 5_000), { nil: undefined }),
    direction: fc.constantFrom('forwards' as const, 'backwards' as const),
  })
  await fc.assert(
    fc.asyncProperty(options, async (all) => {
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as ReadOptions
      const { events } = await store.load('a:1', given)
      expect(await numbers(given)).toEqual(events.map(({ data }) => data))
    }),
    { numRuns: 60 },
  )
})

it('appends nothing when one event is at fault', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  const events = [
    { type: 'B' as const, data: {} },
    { type: 'A' as const, data: { n: 'x' as never } },
  ]
  await expect(store.append('a:1', events, { expectedVersion: 0 })).rejects.toBeInstanceOf(InvalidEventData)
  expect((await store.load('a:1')).version).toBe(0)
})

it('deletes a stream, goes on where it was interrupted, and can be repeated', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  await expect(deleteStream(storage, 'a:1')).rejects.toBeInstanceOf(StreamNotFound)
  const events = Array.from({ length: 5 }, (_, n) => ({ type: 'A' as const, data: { n } }))
  await store.append('a:1', events, { expectedVersion: 0 })
  await expect(deleteStream(storage, 'a:1', { expectedVersion: 4 })).rejects.toMatchObject({ actual: 5 })
  await storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 5 })
  await storage.events.erase('a:1', { limit: 2 })
  for (const _ of [1, 2]) await deleteStream(storage, 'a:1')
  await expect(store.load('a:1')).rejects.toBeInstanceOf(StreamDeleted)
  expect(await storage.events.erase('a:1')).toEqual({ done: true })
})

it('heeds an abort at every event, and not only between pages', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  const events = Array.from({ length: 50 }, (_, n) => ({ type: 'A' as const, data: { n } }))
  await store.append('a:1', events, { expectedVersion: 0 })
  const reason = new Error('enough')
  const controller = new AbortController()
  let seen = 0
  const reading = async () => {
    for await (const _ of store.read('a:1', { signal: controller.signal })) if (++seen === 3) controller.abort(reason)
  }
  await expect(reading()).rejects.toBe(reason)
  expect(seen).toBe(3)
})

it('says why an append that expects any version is refused', async () => {
  await using storage = openMemory()
  const store = eventStore(storage, set)
  const named = (id: string) => ({ type: 'A' as const, data: { n: 1 }, id })
  await store.append('a:1', [named('x'), named('y')], { expectedVersion: 0 })
  for (const expectedVersion of ['any', 'streamExists', 2] as const) {
    const mixed = store.append('a:1', [named('y'), named('z')], { expectedVersion })
    await expect(mixed).rejects.toThrow('at version 2 as expected, but already contains some of these event ids')
  }
  await expect(store.append('a:1', [named('z')], { expectedVersion: 5 })).rejects.toThrow(
    'Expected stream a:1 at version 5, but it is at version 2',
  )
})
