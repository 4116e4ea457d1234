import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { cutRange } from '../../../src/adapters/embedded/cut-range.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { containsInterval, sameInterval } from '../../../src/core/hash-interval.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openEmbedded } from '../../../src/open/embedded.ts'
import { keepChildren, kill } from '../../support/children.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'

const projections = [versions, totals]
const LEASE = 1_000
const POLL = 200
const WORKERS = 2
const STREAMS = 40
// Of the two slots, one is cut into five and the other into four, each time where events are being written.
const CUTS = ['20', '60', '10', '30', '70', '08', '50'] as const

const children = keepChildren()
const folders: string[] = []

afterEach(async () => {
  await children.killAll()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** The leases of the projections on a range, or on parts of it. */
async function leasesIn(storage: StoragePort, range: FeedRange) {
  const lists = await Promise.all(
    projections.map(({ name, version }) => storage.leases.list({ projection: name, version })),
  )
  return lists.flat().flatMap(({ document }) => (containsInterval(range, document.range) ? [document] : []))
}

it('ranges that are cut while their workers are killed leave views that equal a plain fold', {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-cut-ranges-'))
  folders.push(folder)
  await using storage = await openEmbedded(folder, { ranges: 2 })
  const writer = children.run('steady-writer', `file:${folder}`, String(STREAMS))
  await once(writer, 'message')
  let born = 0
  const bear = async () => {
    const id = `w${++born}`
    const worker = children.run('one-of-many-workers', `file:${folder}`, id, String(LEASE), String(POLL))
    await once(worker, 'message')
    return [id, worker] as const
  }
  const alive = new Map<string, ChildProcess>(await Promise.all(Array.from({ length: WORKERS }, bear)))

  for (const [i, hash] of CUTS.entries()) {
    await systemClock.sleep(200 + Math.random() * 500)
    const cut = (await storage.feed.ranges()).find(({ min, max }) => min < hash && hash < max) as FeedRange
    const owner = (await leasesIn(storage, cut)).find(({ range }) => sameInterval(range, cut))?.owner
    cutRange(folder, hash)
    // At some moment of its way from the whole to the parts; every third time all go on.
    await systemClock.sleep(Math.random() * 150)
    const victim = owner && alive.get(owner)
    if (victim && i % 3 !== 2) {
      await kill(victim)
      alive.delete(owner)
      alive.set(...(await bear()))
    }
    const parts = (await storage.feed.ranges()).filter((range) => containsInterval(cut, range))
    expect(parts).toHaveLength(2)
    await until(`the parts of [${cut.min}, ${cut.max}) have living owners`, async () => {
      const leases = await leasesIn(storage, cut)
      const held = leases.filter(({ range, owner }) => !sameInterval(range, cut) && owner !== null && alive.has(owner))
      return held.length === parts.length * projections.length
    })
  }

  writer.send('stop')
  const [acknowledged] = (await once(writer, 'message')) as [number]
  await untilCaughtUp(storage, projections)
  for (const child of alive.values()) child.send('stop')
  await Promise.all([...alive.values()].map((child) => once(child, 'exit')))

  expect(await storage.feed.ranges()).toHaveLength(2 + CUTS.length)
  expect(born).toBeGreaterThan(WORKERS)
  expect(await wholeFeed(storage)).toHaveLength(acknowledged)
  for (const projection of projections) {
    expect(await storedViews(storage, projection)).toEqual(await plainFold(storage, projection))
  }
  expect((await storedViews(storage, totals)).get('all')).toMatchObject({ events: acknowledged })
})
