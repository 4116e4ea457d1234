import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { ViewRefused } from '../../../src/core/errors/view.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { projectPage } from '../../../src/processor/pages/project-page.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { contextOf } from './parking/support.ts'
import { append, events, hurriedClock, interposed, perStream } from './support.ts'

describe('a page of which a part fails', () => {
  it('is not over before the saves of its other parts are', async () => {
    await using port = openMemory()
    for (let i = 0; i < 600; i++) await append(port, `s:${i}`, [1])
    const release = Promise.withResolvers<void>()
    let [reads, open] = [0, 0]
    const storage = interposed(port, async (call, next) => {
      // Views are read 500 at a time.
      if (call === 'viewStore.getMany' && ++reads === 2) throw new StorageUnavailable('the second read fails')
      if (call !== 'viewStore.save') return next()
      open++
      await release.promise
      return next().finally(() => open--)
    })
    const [range] = (await port.feed.ranges()) as [FeedRange]
    const page = await port.feed.read(range, 'start', { limit: 1_000 })
    let over = false
    const working = projectPage(contextOf(storage), perStream, range, page).finally(() => {
      over = true
    })
    working.catch(() => {})
    await until('the second part is read', () => reads === 2)
    await until('saves are under way', () => open > 0)
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(over).toBe(false)
    release.resolve()
    await expect(working).rejects.toThrow('the second read fails')
    expect(open).toBe(0)
  })

  it('keeps a processor from stopping while its saves are under way', async () => {
    await using port = openMemory()
    for (let i = 0; i < 600; i++) await append(port, `s:${i}`, [1])
    const release = Promise.withResolvers<void>()
    let [reads, open] = [0, 0]
    const storage = interposed(port, async (call, next) => {
      if (call === 'viewStore.getMany' && ++reads > 1) throw new StorageUnavailable('no')
      if (call !== 'viewStore.save' || reads === 0) return next()
      open++
      await release.promise
      return next().finally(() => open--)
    })
    const processor = await startProcessor(storage, [perStream])
    await until('saves are under way and a read failed', () => open > 0 && reads > 1)
    const stopped = processor.stop()
    const first = await Promise.race([stopped.then(() => 'stopped'), hurriedClock.sleep(10_000).then(() => 'waiting')])
    expect(first).toBe('waiting')
    release.resolve()
    await stopped
    expect(open).toBe(0)
  })
})

describe('a view that the storage refuses for good', () => {
  it('is parked at the event that makes it so, and holds up no other', async () => {
    await using memory = openMemory()
    const port = interposed(memory, async (call, next, [document]) => {
      if (call !== 'viewStore.save') return next()
      const { data, parked } = document as ViewDocument
      // Some database cannot store the number 3, say.
      const isRefused = parked === undefined && (data?.order as number[] | undefined)?.includes(3)
      if (isRefused) throw new ViewRefused('per-stream:1:s:1', 'it holds a 3', { cause: undefined })
      return next()
    })
    await append(port, 's:1', [10, 20, 30, 40])
    await append(port, 's:2', [10])
    await using processor = await startProcessor(port, [perStream], { clock: hurriedClock })
    await untilCaughtUp(port, [perStream])
    await until('it says so', async () => (await processor.status()).ranges[0]?.state === 'parked')
    expect((await withViews(port).views.get(perStream, 's:1'))?.order).toEqual([1, 2])
    expect((await withViews(port).views.get(perStream, 's:2'))?.order).toEqual([1])
    expect(await parkedSequences(port, perStream).show('s:1')).toMatchObject({
      error: { code: 'ViewRefused' },
      event: { version: 3 },
      waiting: 2,
    })
    await processor.stop()
  })
})

describe('a view that many ranges feed', () => {
  it('is parked when it grows too large, and holds up no other', async () => {
    await using port = openMemory({ ranges: 256, limits: { bytesPerView: 200_000 } })
    const notes = defineEvents({ Added: z.object({ amount: z.number() }) })
    const growing = defineProjection('growing', {
      events: notes,
      key: ({ streamId }) => ['all', streamId],
      initial: () => ({ text: '' }),
      on: { Added: ({ text }, { data }) => ({ text: text + 'x'.repeat(data.amount) }) },
    })
    for (let i = 0; i < 600; i++) await append(port, `s:${i}`, [i < 590 ? 100 : 50_000])
    await using processor = await startProcessor(port, [growing], { clock: hurriedClock })
    await untilCaughtUp(port, [growing], 60_000)
    expect((await parkedSequences(port, growing).show('all'))?.waiting).toBeGreaterThan(0)
    const stalled = async () => (await processor.status()).ranges.filter(({ state }) => state === 'stalled')
    expect(await stalled()).toEqual([])
    for (const i of [0, 599]) expect(await withViews(port).views.get(growing, `s:${i}`)).toBeDefined()
    await processor.stop()
  }, 90_000)
})

it('lets the event loop turn within a page of one view', async () => {
  await using port: StoragePort = openMemory()
  await append(port, 's:1', Array(100).fill(1))
  const slow = defineProjection('slow', {
    events,
    key: () => 'all',
    initial: () => ({ count: 0 }),
    on: {
      Added: ({ count }) => {
        for (const end = Date.now() + 4; Date.now() < end; );
        return { count: count + 1 }
      },
      Cleared: (view) => view,
    },
  })
  const [range] = (await port.feed.ranges()) as [FeedRange]
  const page = await port.feed.read(range, 'start', { limit: 1_000 })
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  await projectPage(contextOf(port), slow, range, page)
  clearInterval(counting)
  expect(page.events).toHaveLength(100)
  expect(turns).toBeGreaterThan(10)
})
