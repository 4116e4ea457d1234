import { describe, expect, it } from 'vitest'
import type { FeedPage, FeedRange } from '../../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { createRangeReader } from '../../../../src/processor/ranges/range-reader.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { append } from '../support.ts'

const whole: FeedRange = { min: '', max: 'FF' }
const start = { continuation: null, readTo: 0 }

function watched(port: StoragePort) {
  const limits: (number | undefined)[] = []
  const feed: StoragePort['feed'] = {
    ...port.feed,
    read(range, from, options) {
      limits.push(options?.limit)
      return port.feed.read(range, from, options)
    },
  }
  return { feed, limits }
}

const reader = (feed: StoragePort['feed'], pageSize = 10_000) =>
  createRangeReader(feed, whole, pageSize, new AbortController().signal)

describe('the reader of a range', () => {
  it('gives one page to all who ask for it', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    const { feed, limits } = watched(port)
    const range = reader(feed)
    const [one, two] = await Promise.all([range.read(start, 0), range.read(start, 0)])
    expect(two).toBe(one)
    expect(await range.read(start, 0)).toBe(one)
    expect(limits).toHaveLength(1)
  })

  it('does not call a page the end for someone who began to listen after it was read', async () => {
    await using port = openMemory()
    await append(port, 's:1', [1])
    const range = reader(port.feed)
    const early = range.listen()
    expect(await range.read(start, early.since)).toMatchObject({ caughtUp: true })
    // This one is not heard by the second listener, who must therefore read on before waiting.
    await append(port, 's:1', [2])
    const late = range.listen()
    const page = await range.read(start, late.since)
    expect(page).toMatchObject({ caughtUp: false, events: [{ position: { lsn: 1 } }] })
    expect(await range.read(page, late.since)).toMatchObject({ caughtUp: true, readTo: 2 })
  })

  it('reads again for a listener whom an empty page cannot serve', async () => {
    await using port = openMemory()
    const { feed, limits } = watched(port)
    const range = reader(feed)
    const begun = range.read(start, 0)
    const { since } = range.listen()
    await Promise.all([begun, range.read(start, since)])
    expect(limits).toHaveLength(2)
  })

  it('wakes all who listen at once, so that one reading serves them', async () => {
    await using port = openMemory()
    const { feed, limits } = watched(port)
    let waits = 0
    const changed = (signal: AbortSignal) => {
      waits++
      return port.feed.changed(signal)
    }
    const range = reader({ ...feed, changed })
    const first = range.listen()
    await range.read(start, first.since)
    const second = range.listen()
    expect(await range.read(start, second.since)).toMatchObject({ caughtUp: true })
    await append(port, 's:1', [1])
    const woken = await Promise.all(
      [first, second].map(async (listener) => {
        await listener.changed
        const { since } = range.listen()
        return range.read(start, since)
      }),
    )
    expect(woken).toMatchObject([{ events: [{ position: { lsn: 1 } }], caughtUp: true }, { caughtUp: true }])
    expect(waits).toBe(2)
    expect(limits).toHaveLength(3)
  })

  it('lets pages grow while there is more, and begins small again at the end', async () => {
    await using port = openMemory()
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, Array(1000).fill(1))
    const { feed, limits } = watched(port)
    const range = reader(feed, 3000)
    for (let page: FeedPage | undefined; !page?.caughtUp; ) page = await range.read(page ?? start, 0)
    await range.read(start, 0)
    expect(limits).toEqual([1000, 2000, 3000, 3000, 3000, 1000])
  })

  it('forgets a page that could not be read', async () => {
    await using port = openMemory()
    let failing = true
    const range = reader({
      ...port.feed,
      async read(...parameters) {
        if (failing) throw new Error('not now')
        return port.feed.read(...parameters)
      },
    })
    await expect(range.read(start, 0)).rejects.toThrow('not now')
    failing = false
    expect(await range.read(start, 0)).toMatchObject({ events: [], caughtUp: true })
  })

  it('keeps no page that leads back, so that nobody goes round in circles', async () => {
    await using port = openMemory()
    for (let i = 0; i < 4; i++) await append(port, 's:1', [1])
    const pages = [await port.feed.read(whole, 'start', { limit: 2 })]
    pages.push(await port.feed.read(whole, pages[0]?.continuation ?? '', { limit: 2 }))
    const [first, second] = pages as [FeedPage, FeedPage]
    // Asked for what follows the second page, the feed gives the first one again, once.
    let again = true
    const range = reader({
      ...port.feed,
      async read(part, from, options) {
        if (from !== second.continuation || !again) return port.feed.read(part, from, options)
        again = false
        return first
      },
    })
    expect(await range.read(second, 0)).toBe(first)
    expect(await range.read(first, 0)).toMatchObject({ readTo: 4 })
    expect(await range.read(second, 0)).toMatchObject({ events: [], readTo: 4, caughtUp: true })
  })

  it.each([
    ['to where the caller is', 10, 2],
    ['to before it', 2, 3],
  ])("keeps no page that leads back %s, though the caller's LSN is too low", async (_, limit, reads) => {
    await using port = openMemory()
    for (let i = 0; i < 4; i++) await append(port, 's:1', [1])
    const { continuation } = await port.feed.read(whole, 'start')
    // The feed delivers again, once, what was read before.
    let again = true
    const range = reader({
      ...port.feed,
      async read(part, from, options) {
        if (from !== continuation || !again) return port.feed.read(part, from, { ...options, limit })
        again = false
        return port.feed.read(part, 'start', { ...options, limit })
      },
    })
    let page: FeedPage | undefined
    let turns = 0
    for (; turns < 10 && page?.events.length !== 0; turns++)
      page = await range.read(page ?? { continuation, readTo: 1 }, 0)
    expect(page).toMatchObject({ events: [], readTo: 4, caughtUp: true })
    expect(turns).toBe(reads)
  })
})
