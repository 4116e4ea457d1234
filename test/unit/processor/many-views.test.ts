import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { ViewRefused } from '../../../src/core/errors/view.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { projectPage } from '../../../src/processor/pages/project-page.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { plainFold, storedViews } from '../../support/projecting/views.ts'
import { contextOf } from './parking/support.ts'
import { append, events, interposed, perStream } from './support.ts'

const STREAMS = 40

async function filled(): Promise<StoragePort> {
  const port = openMemory()
  for (let i = 0; i < 2 * STREAMS; i++) await append(port, `s:${i % STREAMS}`, [i, i])
  return port
}

async function pageOf(port: StoragePort, limit: number) {
  const [range] = (await port.feed.ranges()) as [FeedRange]
  return { range, page: await port.feed.read(range, 'start', { limit }) }
}

describe('a page of many views', () => {
  it('is folded as the log is, whatever happens to the saves, and counts each event once', async () => {
    const fate = fc.constantFrom('saved', 'saved', 'unavailable', 'unheard', 'second')
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: STREAMS, maxLength: STREAMS }), async (fates) => {
        await using port = await filled()
        const left = new Map(fates.map((one, i) => [`s:${i}`, one]))
        const storage = interposed(port, async (call, next, [view]) => {
          const { key = '' } = (view ?? {}) as ViewDocument
          const now = call === 'viewStore.save' ? left.get(key) : undefined
          if (now === undefined) return next()
          left.delete(key)
          if (now === 'unavailable') throw new StorageUnavailable('not now')
          if (now === 'second') {
            const other = { ...(view as ViewDocument), data: null, tidemarks: [] }
            await port.viewStore.save(other, 'ifAbsent')
          }
          const answer = await next()
          if (now === 'unheard') throw new StorageUnavailable('saved, and not told')
          return answer
        })
        const { range, page } = await pageOf(port, 1_000)
        const context = contextOf(storage)
        const attempt = () => projectPage(context, perStream, range, page)
        const folded = await attempt().catch(attempt)
        expect(await storedViews(port, perStream)).toEqual(await plainFold(port, perStream))
        const isSimple = fates.every((one) => one === 'saved' || one === 'second')
        if (isSimple) expect(folded).toBe(4 * STREAMS)
        expect(await projectPage(context, perStream, range, page)).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('parks the one whose handler fails, and saves the others', async () => {
    await using port = await filled()
    const choosy = defineProjection('choosy', {
      events,
      key: ({ streamId }) => streamId,
      initial: () => ({ total: 0 }),
      on: {
        Added: (view, { streamId, data }) => {
          if (streamId === 's:7') throw new Error('not this one')
          return { total: view.total + data.amount }
        },
      },
    })
    const { range, page } = await pageOf(port, 1_000)
    expect(await projectPage(contextOf(port), choosy, range, page)).toBe(4 * (STREAMS - 1))
    const parked = await parkedSequences(port, choosy).list()
    expect(parked.items.map(({ key }) => key)).toEqual(['s:7'])
    const views = await storedViews(port, choosy)
    for (let i = 0; i < STREAMS; i++) {
      if (i !== 7) expect(views.get(`s:${i}`)).toEqual({ total: 2 * (2 * i + STREAMS) })
    }
  })

  it('parks the one that the database refuses, and saves the others', async () => {
    await using port = await filled()
    const storage = interposed(port, (call, next, [view]) => {
      const { id = '', key = '', parked } = (view ?? {}) as Partial<ViewDocument>
      const isRefused = call === 'viewStore.save' && id.startsWith('per-stream:') && key === 's:7' && !parked
      return isRefused ? Promise.reject(new ViewRefused(id, 'no')) : next()
    })
    const { range, page } = await pageOf(port, 1_000)
    await projectPage(contextOf(storage), perStream, range, page)
    const parked = await parkedSequences(port, perStream).list()
    expect(parked.items.map(({ key }) => key)).toEqual(['s:7'])
    expect((await storedViews(port, perStream)).size).toBe(STREAMS - 1)
  })

  it('waits for whoever works on one of the views, and lets others wait for it', async () => {
    await using port = await filled()
    let [saving, most] = [0, 0]
    const saves = new Set<string>()
    const storage = interposed(port, async (call, next, [view]) => {
      if (call !== 'viewStore.save') return next()
      const { key } = view as ViewDocument
      if (saves.has(key)) most++
      saves.add(key)
      saving++
      await new Promise((resolve) => setImmediate(resolve))
      return next().finally(() => saves.delete(key))
    })
    const { range, page } = await pageOf(port, 1_000)
    const context = contextOf(storage)
    const folded = await Promise.all([1, 2, 3].map(() => projectPage(context, perStream, range, page)))
    expect(folded.reduce((sum, count) => sum + count)).toBe(4 * STREAMS)
    expect(most).toBe(0)
    expect(saving).toBeLessThanOrEqual(2 * STREAMS)
    expect(await storedViews(port, perStream)).toEqual(await plainFold(port, perStream))
  })
})
