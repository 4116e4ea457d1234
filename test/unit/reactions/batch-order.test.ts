import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DestinationUnavailable } from '../../../src/core/errors/reaction.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { append, events } from '../processor/support.ts'
import { virtualWorld } from './virtual.ts'

const id = (streamId: string, version: number) => `${streamId}@${version}`

it('handles every event in the order of its stream, and parks each stream at its first event at fault, whatever the batches', async () => {
  const streams = fc.nat({ max: 4 }).map((stream) => `s:${stream}`)
  const appends = fc.array(fc.tuple(streams, fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 20 })
  const faults = fc.array(fc.tuple(streams, fc.integer({ min: 1, max: 12 })), { maxLength: 4 })
  const settings = fc.record({
    seed: fc.nat({ max: 1_000 }),
    ranges: fc.constantFrom(1, 3),
    most: fc.constantFrom(1, 2, 5, 100),
    attempts: fc.integer({ min: 1, max: 3 }),
    // What a handler does at a fault, and at which of its calls the destination is unavailable, whole or in part.
    throws: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    outages: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(
      appends,
      faults,
      settings,
      async (what, bad, { seed, ranges, most, attempts, throws, outages }) => {
        const world = virtualWorld(seed, ranges)
        const { port } = world
        const lengths = new Map<string, number>()
        for (const [stream, count] of what) {
          await append(port, stream, Array(count).fill(1))
          lengths.set(stream, (lengths.get(stream) ?? 0) + count)
        }
        const faulty = new Set(bad.map(([stream, version]) => id(stream, version)))
        const done = new Map<string, number>()
        const tries = new Map<string, number>()
        let calls = 0
        const reaction = defineReaction('batches', {
          events,
          from: 'start',
          attempts,
          batch: { most },
          handle: (batch, { fail, attemptOf }) => {
            expect(batch.length).toBeLessThanOrEqual(most)
            const call = calls++
            const stopped = new Set<string>()
            for (const [index, event] of batch.entries()) {
              const { streamId, version } = event
              if (stopped.has(streamId)) continue
              if (outages.includes(call) && index >= call % 3) {
                const away = new DestinationUnavailable('away')
                if (call % 2 === 0) throw away
                stopped.add(streamId)
                fail(event, away)
              } else if (faulty.has(id(streamId, version))) {
                if (throws[call % throws.length]) {
                  if (batch.length === 1) tries.set(id(streamId, version), attemptOf(event))
                  throw new Error('one of them')
                }
                tries.set(id(streamId, version), attemptOf(event))
                stopped.add(streamId)
                fail(event, new Error('this one'))
              } else {
                // At least once, and first in order.
                expect(version).toBeLessThanOrEqual((done.get(streamId) ?? 0) + 1)
                done.set(streamId, Math.max(version, done.get(streamId) ?? 0))
              }
            }
          },
        })
        const processor = await world.within(10_000, startProcessor(port, [reaction], world.process('w').options))
        await world.pass(200_000)
        const parked = new Map(
          (await parkedSequences(port, reaction).list()).items.map(({ key, ...one }) => [key, one]),
        )
        for (const [stream, length] of lengths) {
          const versions = Array.from({ length }, (_, i) => i + 1)
          const first = versions.find((version) => faulty.has(id(stream, version)))
          expect(done.get(stream) ?? 0).toBe((first ?? length + 1) - 1)
          expect(parked.get(stream)?.waiting).toBe(first && length - first + 1)
          if (first) expect(tries.get(id(stream, first))).toBe(attempts)
        }
        await world.within(10_000, processor.stop())
      },
    ),
    { numRuns: 100 },
  )
}, 60_000)

it('neither spins at an event that can never be handled, nor lets others wait for it', async () => {
  const world = virtualWorld(2, 1)
  const { port, clock, scheduler } = world
  const begun = clock.now()
  await append(port, 's:0', [1, 1])
  for (let stream = 1; stream < 200; stream++) await append(port, `s:${stream}`, [1])
  const handled = new Map<string, number>()
  let calls = 0
  const reaction = defineReaction('unsendable', {
    events,
    from: 'start',
    batch: { most: 100 },
    handle: (batch, { fail }) => {
      calls++
      for (const event of batch) {
        if (event.streamId === 's:0') fail(event, new RangeError('too large'))
        else handled.set(event.streamId, clock.now() - begun)
      }
    },
  })
  const processor = await world.within(10_000, startProcessor(port, [reaction], world.process('w').options))
  await world.pass(100)
  expect(handled.size).toBe(199)
  const before = scheduler.steps
  await world.pass(60_000)
  // Five attempts, two batches, and a few heartbeats and polls a second.
  expect(calls).toBeLessThanOrEqual(8)
  expect(scheduler.steps - before).toBeLessThan(1_000)
  expect((await parkedSequences(port, reaction).list()).items).toMatchObject([{ key: 's:0', attempts: 5, waiting: 2 }])
  await world.within(10_000, processor.stop())
})
