import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import { NotParked, ViewContended } from '../../../../src/core/errors/view.ts'
import type { FeedRange } from '../../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { type StorageCase, storages } from '../../../support/projecting/storages.ts'
import { wholeFeed } from '../../../support/projecting/views.ts'
import { append } from '../support.ts'
import { contextOf, foldAll, mortal, noting, orderOf } from './support.ts'

// Views so small that what waits does not find room in them, and goes into chunks.
const narrow = (ranges: number): StorageCase => ({
  name: `in memory, with ${ranges} feed ranges and narrow views`,
  effort: 1,
  open: async () => openMemory({ ranges, limits: { bytesPerView: 3_000 } }),
})
const cases = [narrow(1), narrow(4), ...storages]

const appends = fc.array(
  fc.tuple(fc.nat({ max: 3 }), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 })),
  { minLength: 1, maxLength: 25 },
)
const poisons = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 4 })

// A life of a worker or an operator: what it does until it dies at some call.
const lives = fc.array(
  fc.record({
    calls: fc.integer({ min: 1, max: 60 }),
    after: fc.boolean(),
    back: fc.nat({ max: 4 }),
    limit: fc.integer({ min: 1, max: 9 }),
    what: fc.constantFrom('replay', 'replay', 'replay', 'dropOne', 'dropAll', 'dry run', 'mend', 'break'),
    key: fc.constantFrom('all', 's:0', 's:1', 's:2', 's:3'),
  }),
  { minLength: 1, maxLength: 12 },
)
type Life = (typeof lives extends fc.Arbitrary<infer L extends readonly unknown[]> ? L : never)[number]

const isDeath = (error: unknown) => error instanceof StorageUnavailable

describe.each(cases)('what is parked is folded exactly once, $name', ({ open, effort }) => {
  it('whatever workers and operators do at once, and wherever they die', async () => {
    // Sequences that operators ended while workers were at it: without any, nothing was tested.
    let ended = 0
    await fc.assert(
      fc.asyncProperty(appends, appends, poisons, lives, lives, lives, async (first, then, poison, one, two, op) => {
        await using port = await open()
        let mended = false
        const projection = noting('noting', { fails: (amount) => !mended && poison.includes(amount) })
        const write = async (what: typeof first) => {
          for (const [stream, amounts] of what) await append(port, `s:${stream}`, amounts)
        }
        await write(first)
        const ranges = await port.feed.ranges()
        // The places that are stored, of each range: whoever is born goes on from one of them.
        const places = ranges.map((): string[] => ['start'])

        async function work(life: readonly Life[]): Promise<void> {
          for (const { calls, after, back, limit } of life) {
            const own = mortal(port, calls, after)
            const context = contextOf(own)
            try {
              for (const [index, range] of ranges.entries()) {
                const known = places[index] as string[]
                for (let from = known.at(-1 - back) ?? 'start'; ; ) {
                  const page = await own.feed.read(range as FeedRange, from, { limit })
                  await projectPage(context, projection, range as FeedRange, page)
                  from = page.continuation
                  known.push(from)
                  if (page.caughtUp) break
                }
              }
            } catch (error) {
              if (!isDeath(error)) throw error
            }
          }
        }

        const askedToDrop = new Set<string>()
        const dropped = new Set<string>()
        const emptied = new Set<string>()
        let working = true
        async function operate(life: readonly Life[]): Promise<void> {
          for (let turn = 0; working; turn++) {
            const { calls, after, what, key } = life[turn % life.length] as Life
            for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
            const sequences = parkedSequences(mortal(port, calls, after), projection)
            try {
              if (what === 'mend' || what === 'break') {
                mended = what === 'mend'
              } else if (what === 'dropOne') {
                const shown = await sequences.show(key)
                if (shown === undefined) continue
                const id = `${key} ${shown.event.streamId}@${shown.event.version}`
                askedToDrop.add(id)
                if ((await sequences.dropOne(key, shown.event)).dropped > 0) dropped.add(id)
              } else if (what === 'dropAll') {
                const drop = sequences.dropAll(key)
                // What was not parked lost nothing; in all other cases nobody knows.
                await drop.catch((error) => error instanceof NotParked || emptied.add(key))
                if ((await drop) > 0) emptied.add(key)
                ended++
              } else {
                const { unparked } = await sequences.replay(key, { dryRun: what === 'dry run' })
                if (unparked && what === 'replay') ended++
              }
            } catch (error) {
              if (!isDeath(error) && !(error instanceof NotParked || error instanceof ViewContended)) throw error
            }
          }
        }

        const workers = Promise.all([work(one), work(two), write(then)]).finally(() => {
          working = false
        })
        await Promise.all([workers, operate(op), operate(op.toReversed())])
        mended = true
        const last = places.map((known) => known.at(-1) as string)
        await Promise.all([foldAll(port, projection, last), foldAll(port, projection, last)])
        await replayAll(port, projection)

        await assertFolded()
        // What was replayed comes once more.
        await foldAll(port, projection)
        await assertFolded()
        expect(await parkedSequences(port, projection).count()).toBe(0)

        async function assertFolded(): Promise<void> {
          const all = (await wholeFeed(port)).map(({ event }) => `${event.stream.id}@${event.stream.version}`)
          for (const key of ['all', 's:0', 's:1', 's:2', 's:3']) {
            const order = await orderOf(port, projection, key)
            const expected = key === 'all' ? all : all.filter((id) => id.startsWith(`${key}@`))
            expect(new Set(order).size).toBe(order.length)
            for (const stream of new Set(order.map((id) => id.split('@')[0]))) {
              const versions = order.filter((id) => id.startsWith(`${stream}@`)).map((id) => Number(id.split('@')[1]))
              expect(versions).toEqual(versions.toSorted((a, b) => a - b))
            }
            const missing = expected.filter((id) => !order.includes(id))
            if (!emptied.has(key)) expect(missing.filter((id) => !askedToDrop.has(`${key} ${id}`))).toEqual([])
            for (const id of expected) if (dropped.has(`${key} ${id}`)) expect(missing).toContain(id)
          }
        }
      }),
      { numRuns: Math.ceil(100 * effort), endOnFailure: true },
    )
    expect(ended).toBeGreaterThan(effort === 1 ? 10 : -1)
  }, 60_000)
})

async function replayAll(port: StoragePort, projection: ReturnType<typeof noting>): Promise<void> {
  const sequences = parkedSequences(port, projection)
  for (const { key } of (await sequences.list()).items) {
    expect(await sequences.replay(key)).toMatchObject({ unparked: true, waiting: 0 })
  }
}
