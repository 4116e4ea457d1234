import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { projectPage } from '../../../../src/processor/pages/project-page.ts'
import { itemsByKey } from '../../../../src/projections/events-by-key.ts'
import { foldView } from '../../../../src/projections/fold.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { cards, directory, openMembers, plans, search } from '../../../support/privacy/members.ts'
import { wholeFeed } from '../../../support/projecting/views.ts'
import { contextOf, foldAll } from '../../processor/parking/support.ts'
import { interposed } from '../../processor/support.ts'

const PEOPLE = ['m-1', 'm-2']
const VIEWS = [plans, cards, search, directory]

type Step =
  | { readonly do: 'join' | 'rename' | 'plan' | 'forget' | 'return'; readonly who: number }
  /** A worker opens a page of a range, and goes no further. */
  | { readonly do: 'open'; readonly range: number; readonly limit: number; readonly view: number }
  /** A worker that opened a page folds it. */
  | { readonly do: 'fold'; readonly which: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('join', 'rename', 'plan', 'forget', 'return'),
    who: fc.nat(PEOPLE.length - 1),
  }) as fc.Arbitrary<Step>,
  fc.record({
    do: fc.constant('open'),
    range: fc.nat(1),
    limit: fc.integer({ min: 1, max: 12 }),
    view: fc.nat(VIEWS.length - 1),
  }) as fc.Arbitrary<Step>,
  fc.record({ do: fc.constant('fold'), which: fc.nat(8) }) as fc.Arbitrary<Step>,
)

test('whatever is folded late, twice or around forgetting, no view keeps what is forgotten, and all end as a fold of the log', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), run), { numRuns: 150 })
}, 120_000)

async function run(steps: readonly Step[]): Promise<void> {
  const world = await openMembers(2)
  const ranges = await world.storage.feed.ranges()
  const open: { readonly release: () => void; readonly done: Promise<unknown> }[] = []
  const gone = new Set<string>()
  let count = 0
  const needle = (who: string) => `Needle-${who}-${++count}-`

  async function perform(one: Step): Promise<void> {
    world.clock.advance(1)
    if (one.do === 'open') {
      open.push(await openPage(world.storage, ranges[one.range] as never, one.limit, VIEWS[one.view] as never))
    } else if (one.do === 'fold') {
      const [page] = open.splice(one.which % Math.max(1, open.length), 1)
      page?.release()
      await page?.done
    } else {
      const who = PEOPLE[one.who] as string
      if (one.do === 'forget') {
        await world.forgetFully(who)
        gone.add(who)
      } else if (one.do === 'return') {
        if (gone.delete(who)) await world.vault.admit(who)
        if (!gone.has(who)) await world.join(who, needle(who))
      } else if (one.do === 'plan') await world.append(who, 'PlanChanged', { plan: `plan-${++count}` })
      else if (gone.has(who)) return
      else if (one.do === 'join') await world.join(who, needle(who))
      else await world.append(who, 'Renamed', { fullName: needle(who) })
    }
  }

  for (const one of steps) await perform(one)
  // All of it, by a worker that comes last, and by those who were held up, after it.
  for (const view of VIEWS) await foldAll(world.storage, view)
  for (const page of open) page.release()
  await Promise.all(open.map(({ done }) => done))

  const stored = world.storedViews()
  expect(JSON.stringify([...world.log.state.views].filter(([id]) => id.startsWith('cards')))).not.toMatch(/Needle/)
  for (const who of gone) expect(stored).not.toContain(`Needle-${who}-`)
  for (const view of [plans, cards, directory]) await assertLikeLog(world.storage, view, gone)
  const rebuilt = { ...directory, name: 'rebuilt' }
  await foldAll(world.storage, rebuilt)
  await assertLikeLog(world.storage, rebuilt, gone)
}

/** A page that a worker has opened, and folds once it is released. */
async function openPage(storage: StoragePort, range: never, limit: number, view: Projection) {
  const gate = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const port = interposed(storage, async (call, next) => {
    if (call === 'viewStore.getMany') {
      opened.resolve()
      await gate.promise
    }
    return next()
  })
  const page = await storage.feed.read(range, 'start', { limit })
  const done = projectPage(contextOf(port), view, range, page)
  await Promise.race([opened.promise, done])
  return { release: gate.resolve, done }
}

type World = Awaited<ReturnType<typeof openMembers>>

async function assertLikeLog(storage: World['storage'], view: Projection, gone: ReadonlySet<string>): Promise<void> {
  const events = (await wholeFeed(storage)).toSorted(
    (a, b) => Date.parse(a.event.metadata.recordedAt) - Date.parse(b.event.metadata.recordedAt),
  )
  const byKey = await itemsByKey(view, events, { vault: storage.vault })
  for (const key of PEOPLE) {
    const target = { incarnation: storage.incarnation, bytesPerView: 1e6 }
    // Ranges of their own, so that no tidemark stands between events in the order of the log.
    const { document } = foldView(view, key, undefined, inOneRange(byKey.get(key) ?? []), target)
    const expected = document?.data ?? null
    // Whatever was in a sealed member of somebody who was forgotten, even nothing, is a stand-in.
    const standIns = expected && view.personal && gone.has(key) ? { name: '(forgotten)', email: '' } : {}
    const found = await storage.views.get(view, key)
    expect(withoutRedacted(found)).toEqual(withoutRedacted(expected && { ...expected, ...standIns }))
  }
}

const inOneRange = <T extends { readonly position: object }>(items: readonly T[]) =>
  items.map((item, i) => ({
    ...item,
    range: { min: '', max: 'FF' },
    position: { hash: '00', lsn: i + 1, version: 1 },
  })) as never

// A view that was folded before its person was forgotten does not list what was redacted since.
function withoutRedacted(view: unknown): unknown {
  if (view === null) return null
  const { redacted: _, ...rest } = view as { readonly redacted?: unknown }
  return rest
}
