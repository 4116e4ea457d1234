import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'vitest'
import { containsInterval } from '../../../../../src/core/positions/hash-interval.ts'
import { cosmosEmulator, type InProcessEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { DATABASE, openParts } from '../support/parts.ts'
import { Reader } from '../support/reader.ts'

/** Splits the partition that a number chooses, where it can be split. */
function split(emulator: InProcessEmulator, choice: number): void {
  const partitions = emulator.partitions(DATABASE, 'events')
  if (partitions.length < 12) emulator.split(DATABASE, 'events', partitions[choice % partitions.length]?.id ?? '')
}

/** Merges the neighbours that a number chooses, where there are any. */
function merge(emulator: InProcessEmulator, choice: number): void {
  const partitions = emulator.partitions(DATABASE, 'events')
  const at = choice % Math.max(1, partitions.length - 1)
  const [low, high] = [partitions[at], partitions[at + 1]]
  if (low && high) emulator.merge(DATABASE, 'events', low.id, high.id)
}

type Step =
  | { readonly do: 'append'; readonly stream: number; readonly count: number }
  | { readonly do: 'read'; readonly choice: number; readonly limit: number; readonly by: 0 | 1 }
  | { readonly do: 'split' | 'merge'; readonly choice: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      stream: fc.nat(11),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      choice: fc.nat(20),
      limit: fc.integer({ min: 1, max: 9 }),
      by: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('split' as const, 'merge' as const), choice: fc.nat(20) }) },
)

test('whatever splits, merges and stale replicas come between appends and reads, each event is folded once', {
  timeout: 180_000,
}, async () => {
  const history = {
    steps: fc.array(step, { minLength: 5, maxLength: 60 }),
    partitions: fc.integer({ min: 1, max: 3 }),
    staleReads: fc.integer({ min: 0, max: 4 }),
  }
  await fc.assert(
    fc.asyncProperty(fc.record(history), async ({ steps, partitions, staleReads }) => {
      const emulator = cosmosEmulator({ partitions })
      const writer = await openParts(emulator)
      const others = [await openParts(emulator), await openParts(emulator)] as const
      const readers = [new Reader(writer.feed), new Reader(others[0].feed)] as const
      const written: string[] = []
      const versions = new Map<string, number>()
      emulator.staleReads = staleReads
      for (const one of steps) {
        if (one.do === 'append') {
          const id = `s:${one.stream}`
          await writer.append(id, one.count)
          for (let i = 0; i < one.count; i++) {
            versions.set(id, (versions.get(id) ?? 0) + 1)
            written.push(`${id}:${versions.get(id)}`)
          }
        } else if (one.do === 'read') await readers[one.by].step(one.choice, one.limit)
        else if (one.do === 'split') split(emulator, one.choice)
        else merge(emulator, one.choice)
      }
      await readers[0].drain()
      assert.deepEqual(readers[0].folded.toSorted(), written.toSorted(), 'a handle reads what it wrote itself')
      emulator.staleReads = 0
      await readers[1].drain()
      assert.deepEqual(readers[1].folded.toSorted(), written.toSorted())
      // Ranges are only ever cut finer: who opens the database now has none that is wider than what others read.
      const now = await others[1].feed.ranges()
      for (const range of now) assert.ok(readers[0].ranges.some((known) => containsInterval(known, range)))
      for (const { close } of [writer, ...others]) await close()
    }),
    { numRuns: 60 },
  )
})

test('a partition is split and merged again and again while others append and read', async () => {
  const emulator = cosmosEmulator({ partitions: 2 })
  const writers = [await openParts(emulator), await openParts(emulator)]
  const readers = [await openParts(emulator), ...writers].map(({ feed }) => new Reader(feed))
  let isWriting = true
  const written: string[] = []
  const write = async (writer: (typeof writers)[number], name: number) => {
    for (let i = 0; i < 150; i++) {
      const id = `w${name}:${i % 13}`
      const count = 1 + (i % 3)
      await writer.append(id, count)
      written.push(...Array.from({ length: count }, () => id))
    }
  }
  const read = async (reader: Reader, limit: number) => {
    for (let i = 0; isWriting; i++) await reader.step(i, limit)
    await reader.drain()
  }
  const disturb = async () => {
    for (let i = 0; isWriting; i++) {
      if (i % 5 < 3) split(emulator, i * 7)
      else merge(emulator, i * 5)
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  }
  const reading = readers.map((reader, i) => read(reader, [1, 7, 50][i] as number))
  const disturbing = disturb()
  await Promise.all(writers.map(write))
  isWriting = false
  await Promise.all([...reading, disturbing])
  for (const reader of readers) {
    await reader.drain()
    assert.deepEqual(reader.folded.map((id) => id.slice(0, id.lastIndexOf(':'))).toSorted(), written.toSorted())
    assert.ok(reader.cuts > 0, 'a range was cut while it was read')
  }
  for (const { close } of [...writers]) await close()
})
