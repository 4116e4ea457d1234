import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { StorageClosed, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { FeedPage, FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { noTelemetry } from '../../../src/core/telemetry/telemetry.ts'
import { createPageState } from '../../../src/processor/pages/page-state.ts'
import { projectPage } from '../../../src/processor/pages/project-page.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { storages } from '../../support/projecting/storages.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'
import { append, hurriedClock, interposed, overall, perStream } from './support.ts'

const projections: readonly Projection[] = [perStream, overall]

// What is written: a stream, and the amounts of one append; none clears the stream's view.
const appends = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 6 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 })),
  { minLength: 1, maxLength: 40 },
)

async function write(port: StoragePort, what: readonly (readonly [number, readonly number[]])[]): Promise<void> {
  for (const [stream, amounts] of what) await append(port, `s:${stream}`, amounts)
}

async function assertExactlyOnce(port: StoragePort): Promise<void> {
  for (const projection of projections) {
    expect(await storedViews(port, projection)).toEqual(await plainFold(port, projection))
  }
  const [all] = (await storedViews(port, overall)).entries().filter(([key]) => key === 'all')
  const seen = (all?.[1] as { seen?: Record<string, number> } | undefined)?.seen ?? {}
  expect(Object.values(seen).every((times) => times === 1)).toBe(true)
  expect(Object.keys(seen)).toHaveLength((await wholeFeed(port)).length)
}

describe.each(storages)('each event is folded exactly once, $name', ({ open, effort }) => {
  it('whatever pages come again, out of an older continuation, cut elsewhere, or twice at once', async () => {
    const deliveries = fc.array(
      fc.record({
        range: fc.nat(),
        back: fc.nat({ max: 5 }),
        limit: fc.integer({ min: 1, max: 7 }),
        twice: fc.boolean(),
      }),
      { maxLength: 30 },
    )
    await fc.assert(
      fc.asyncProperty(appends, deliveries, async (what, schedule) => {
        await using port = await open()
        await write(port, what)
        const context = {
          storage: port,
          clock: systemClock,
          random: Math.random,
          ...createPageState(port, systemClock, 8, Math.random),
          rangeCount: () => 1,
          slicesOf: () => undefined,
          telemetry: noTelemetry,
        }
        const fold = async (range: FeedRange, page: FeedPage) => {
          await Promise.all(projections.map((projection) => projectPage(context, projection, range, page)))
        }
        const all = await port.feed.ranges()
        // Every continuation that each range gave: reading goes on from a late or from an early one.
        const places = all.map((): string[] => ['start'])
        for (const { range: pick, back, limit, twice } of schedule) {
          const index = pick % all.length
          const [range, known] = [all[index] as FeedRange, places[index] as string[]]
          const page = await port.feed.read(range, known.at(-1 - back) ?? 'start', { limit })
          await (twice ? Promise.all([fold(range, page), fold(range, page)]) : fold(range, page))
          if (back === 0) known.push(page.continuation)
        }
        for (const [index, range] of all.entries()) {
          for (let from = places[index]?.at(-1) ?? 'start'; ; ) {
            const page = await port.feed.read(range, from, { limit: 5 })
            await fold(range, page)
            from = page.continuation
            if (page.caughtUp) break
          }
        }
        await assertExactlyOnce(port)
      }),
      { numRuns: Math.ceil(60 * effort) },
    )
  })

  it('by two processors at once, while calls fail before or after they took effect', async () => {
    await fc.assert(
      fc.asyncProperty(appends, appends, fc.infiniteStream(fc.nat({ max: 99 })), async (before, after, dice) => {
        await using port = await open()
        await write(port, before)
        // One call in twenty is lost on its way, and the answer of one in twenty on its way back.
        let quiet = true
        const flaky = interposed(port, async (_call, next) => {
          const throwOf = quiet ? 50 : (dice.next().value ?? 50)
          if (throwOf < 5) throw new StorageUnavailable('lost on the way')
          const answer = await next()
          if (throwOf >= 95) throw new StorageUnavailable('answer lost')
          return answer
        })
        const options = { clock: hurriedClock, pageSize: 5, concurrency: 4, leaseDuration: 500 }
        const processors = await Promise.all([1, 2].map(() => startProcessor(flaky, projections, options)))
        quiet = false
        await write(port, after)
        await untilCaughtUp(port, projections)
        quiet = true
        await Promise.all(processors.map((processor) => processor.stop()))
        await assertExactlyOnce(port)
      }),
      { numRuns: Math.ceil(20 * effort) },
    )
  })

  it('when the worker dies at any call of the port', { timeout: 120_000 }, async () => {
    const what = Array.from({ length: 24 }, (_, i) => [i % 5, i % 7 === 6 ? [] : [i, i + 1]] as const)
    let deaths = 0
    for (let at = 1; ; at += Math.ceil(0.5 / effort)) {
      await using port = await open()
      await write(port, what)
      let calls = 0
      // Every second one dies after its call took effect.
      const mortal = interposed(port, async (_call, next) => {
        calls++
        if (calls > at || (calls === at && at % 2 === 0)) throw new StorageClosed()
        const answer = await next()
        if (calls >= at) throw new StorageClosed()
        return answer
      })
      const options = { clock: hurriedClock, pageSize: 4, workerId: 'mortal' }
      const first = await startProcessor(mortal, projections, options).catch((error) => {
        if (error instanceof StorageClosed) return undefined
        throw error
      })
      if (first) await Promise.race([untilDead(() => calls >= at), untilCaughtUp(port, projections)])
      await first?.stop()
      const died = calls >= at
      await using second: Processor = await startProcessor(port, projections, options)
      await untilCaughtUp(port, projections)
      await second.stop()
      await assertExactlyOnce(port)
      if (!died) break
      deaths++
    }
    expect(deaths).toBeGreaterThan(20 * effort)
  })
})

async function untilDead(dead: () => boolean): Promise<void> {
  while (!dead()) await systemClock.sleep(1)
}
