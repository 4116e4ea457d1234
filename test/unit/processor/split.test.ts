import { describe, expect, it } from 'vitest'
import { FeedRangeGone } from '../../../src/core/errors/feed.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { sameInterval } from '../../../src/core/positions/hash-interval.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../support/projecting/views.ts'
import { append, hurriedClock, overall, perStream } from './support.ts'

/** A port whose one range is cut when `cut` says into what. */
function cutting(
  port: StoragePort,
  cut: { into: readonly FeedRange[] },
  onStart: (range: FeedRange) => void = () => {},
): StoragePort {
  const assertThere = (range: FeedRange) => {
    if (!cut.into.some((there) => sameInterval(there, range))) throw new FeedRangeGone(range)
  }
  return {
    ...port,
    feed: {
      ...port.feed,
      ranges: async () => cut.into,
      async read(range, from, options) {
        assertThere(range)
        if (from === 'start') onStart(range)
        return port.feed.read(range, from, options)
      },
      async lag(range, from) {
        assertThere(range)
        return port.feed.lag(range, from)
      },
    },
  }
}

const whole: FeedRange = { min: '', max: 'FF' }
const halves: readonly FeedRange[] = [
  { min: '', max: '20' },
  { min: '20', max: 'FF' },
]
const parts: readonly FeedRange[] = [
  { min: '', max: '10' },
  { min: '10', max: '20' },
  { min: '20', max: 'FF' },
]

async function assertRight(port: StoragePort): Promise<void> {
  for (const projection of [perStream, overall]) {
    expect(await storedViews(port, projection)).toEqual(await plainFold(port, projection))
  }
}

describe('a range that is cut', () => {
  it('goes on as its parts, from where it was', async () => {
    await using memory = openMemory()
    const cut = { into: [whole] as readonly FeedRange[] }
    const port = cutting(memory, cut)
    await using processor = await startProcessor(port, [perStream, overall], { clock: hurriedClock, pageSize: 5 })
    for (const into of [[whole], halves, parts]) {
      cut.into = into
      for (let i = 0; i < 30; i++) await append(memory, `s:${i % 9}`, [i])
      await untilCaughtUp(port, [perStream, overall])
      await assertRight(port)
    }
    const { ranges } = await processor.status()
    expect(new Set(ranges.map(({ range }) => `${range.min}-${range.max}`)).size).toBe(3)
    expect(ranges).toHaveLength(6)
    await processor.stop()
  })

  it('while no worker runs', async () => {
    await using memory = openMemory()
    for (let i = 0; i < 30; i++) await append(memory, `s:${i % 9}`, [i])
    for (const into of [[whole], halves, parts]) {
      const fromStart: FeedRange[] = []
      const port = cutting(memory, { into }, (range) => fromStart.push(range))
      await using processor = await startProcessor(port, [perStream, overall], { pageSize: 5 })
      await untilCaughtUp(port, [perStream, overall])
      await processor.stop()
      // Only the whole, which is the first to be read, has nothing to go on from.
      expect(fromStart.length).toBe(into.length > 1 ? 0 : 1)
      await assertRight(port)
      for (let i = 0; i < 30; i++) await append(memory, `s:${i % 9}`, [i])
    }
    const leases = (await memory.leases.list({ projection: 'overall' })).map(({ document }) => document)
    expect(leases.find(({ range }) => sameInterval(range, parts[1] as FeedRange))?.readTo).toBe(90)
  })

  it('keeps those who wait', async () => {
    await using memory = openMemory()
    const cut = { into: [whole] as readonly FeedRange[] }
    const storage = withViews(cutting(memory, cut))
    await using processor = await startProcessor(storage, [perStream], { clock: hurriedClock })
    await append(storage, 's:1', [1])
    cut.into = halves
    const position = await append(storage, 's:1', [2])
    expect(await storage.views.waitFor(perStream, 's:1', position)).toMatchObject({ total: 3 })
    expect(await storage.views.waitFor(perStream, 's:2', position)).toBeNull()
    await processor.stop()
  })
})
