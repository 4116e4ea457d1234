import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { containsInterval, sameInterval } from '../../../src/core/positions/hash-interval.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { keepChildren, kill } from '../../support/children.ts'
import { cutTargets, killsOf } from '../../support/killing/targets.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'

const projections = [versions, totals]
const LEASE = 1_000
const POLL = 200
const WORKERS = 2
const STREAMS = 40
const CUTS = 7
const PARTS = 2

const children = keepChildren()

afterEach(() => children.killAll())

/** The leases of the projections on a range, or on parts of it. */
async function leasesIn(storage: StoragePort, range: FeedRange) {
  const lists = await Promise.all(
    projections.map(({ name, version }) => storage.leases.list({ projection: name, version })),
  )
  return lists.flat().flatMap(({ document }) => (containsInterval(range, document.range) ? [document] : []))
}

/** The range with the most streams, and a hash in the midst of them. */
async function crowded(storage: StoragePort): Promise<{ range: FeedRange; hash: string }> {
  const byRange = Map.groupBy(await wholeFeed(storage), ({ range }) => range.min)
  const crowds = [...byRange.values()].map((events) => ({
    range: events[0]?.range as FeedRange,
    hashes: [...new Set(events.map(({ position }) => position.hash))].sort(),
  }))
  const { range, hashes } = crowds.reduce((a, b) => (a.hashes.length < b.hashes.length ? b : a))
  return { range, hash: hashes[Math.ceil(hashes.length / 2)] as string }
}

it.each(cutTargets)(
  'ranges $name that are cut while their workers are killed leave views that equal a plain fold',
  {
    timeout: 60_000,
  },
  async (target) => {
    await using made = await target.make()
    await using storage = await openStorage(made.url)
    const writer = children.run('steady-writer', made.url, String(STREAMS))
    await once(writer, 'message')
    let born = 0
    const bear = async () => {
      const id = `w${++born}`
      const worker = children.run('one-of-many-workers', made.url, id, String(LEASE), String(POLL))
      await once(worker, 'message')
      return [id, worker] as const
    }
    const alive = new Map<string, ChildProcess>(await Promise.all(Array.from({ length: WORKERS }, bear)))
    const before = (await storage.feed.ranges()).length

    const cuts = killsOf(target, CUTS)
    for (let i = 0; i < cuts; i++) {
      await systemClock.sleep(200 + Math.random() * 500)
      const { range: cut, hash } = await crowded(storage)
      const owner = (await leasesIn(storage, cut)).find(({ range }) => sameInterval(range, cut))?.owner
      made.cut(hash)
      // At some moment of its way from the whole to the parts; every third time all go on.
      await systemClock.sleep(Math.random() * 150)
      const victim = owner && alive.get(owner)
      if (victim && i % 3 !== 2) {
        await kill(victim)
        alive.delete(owner)
        alive.set(...(await bear()))
      }
      await until(`the parts of [${cut.min}, ${cut.max}) have living owners`, async () => {
        const leases = await leasesIn(storage, cut)
        const held = leases.filter(
          ({ range, owner }) => !sameInterval(range, cut) && owner !== null && alive.has(owner),
        )
        return held.length === PARTS * projections.length
      })
    }

    writer.send('stop')
    const [acknowledged] = (await once(writer, 'message')) as [number]
    await untilCaughtUp(storage, projections)
    for (const child of alive.values()) child.send('stop')
    await Promise.all([...alive.values()].map((child) => once(child, 'exit')))

    expect(await storage.feed.ranges()).toHaveLength(before + cuts)
    expect(born).toBeGreaterThan(WORKERS)
    expect(await wholeFeed(storage)).toHaveLength(acknowledged)
    for (const projection of projections) {
      expect(await storedViews(storage, projection)).toEqual(await plainFold(storage, projection))
    }
    expect((await storedViews(storage, totals)).get('all')).toMatchObject({ events: acknowledged })
  },
)
