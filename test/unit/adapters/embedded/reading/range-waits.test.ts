import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { EmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { cutRange } from '../../../../../src/adapters/embedded/slots/cut-range.ts'
import type { FeedRange } from '../../../../../src/core/port/change-feed.ts'
import { containsHash } from '../../../../../src/core/positions/hash-interval.ts'
import { hashOf } from '../../../../../src/core/positions/stream-slot.ts'
import { someEvents } from '../../../../support/embedded/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'

const append = { expectedVersion: 'any' } as const

function streamIn(range: FeedRange): string {
  for (let i = 0; ; i++) if (containsHash(range, hashOf(`a:${i}`))) return `a:${i}`
}

/** Waits for each range, and answers which waits have ended. */
function waitForEach(storage: EmbeddedPort, ranges: readonly FeedRange[], signal = new AbortController().signal) {
  const ended: number[] = []
  const all = ranges.map(async (range, i) => {
    await storage.feed.changed(signal, range)
    ended.push(i)
  })
  return { ended, all: Promise.all(all) }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 5000; !condition() && performance.now() < end; ) await sleep(5)
  expect(condition()).toBe(true)
}

describe('waiting for one feed range', () => {
  it('ends with a commit in it, whoever made it, and with no other', async () => {
    const folder = tempFolder()
    const storage = await open(folder, { ranges: 16 })
    const writers = [storage, await open(folder)]
    const ranges = await storage.feed.ranges()
    const controller = new AbortController()
    const { ended, all } = waitForEach(storage, ranges, controller.signal)
    for (const [turn, at] of [3, 15, 0, 7].entries()) {
      await writers[turn % 2]?.events.append(streamIn(ranges[at] as FeedRange), someEvents(1), append)
      await until(() => ended.includes(at))
    }
    await sleep(300)
    expect(ended).toEqual([3, 15, 0, 7])
    controller.abort()
    await all
  })

  it('goes on where it stopped: those who wait again are woken again', async () => {
    const storage = await open(undefined, { ranges: 4 })
    const [range] = (await storage.feed.ranges()) as [FeedRange]
    for (let i = 0; i < 30; i++) {
      const woken = storage.feed.changed(new AbortController().signal, range)
      if (i % 3 === 0) await sleep(i)
      await storage.events.append(streamIn(range), someEvents(1), append)
      await woken
    }
  })

  it('ends for all when a range is cut, when the storage is closed, and when its files are moved', async () => {
    const folder = join(tempFolder(), 'data')
    const storage = await open(folder, { ranges: 4 })
    const cut = waitForEach(storage, await storage.feed.ranges())
    cutRange(folder, '10')
    await cut.all
    const moved = waitForEach(storage, await storage.feed.ranges())
    renameSync(folder, `${folder}-moved`)
    await moved.all
    const other = await open(undefined, { ranges: 4 })
    const closed = waitForEach(other, await other.feed.ranges())
    await other.close()
    await closed.all
  })

  it('for a part of a range ends with what its whole gets', async () => {
    const folder = tempFolder()
    const storage = await open(folder)
    cutRange(folder, '40')
    const { all } = waitForEach(storage, await storage.feed.ranges())
    await storage.events.append('a:1', someEvents(1), append)
    await all
  })
})
