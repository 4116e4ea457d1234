import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { WORKERS } from '../../../src/core/leases/lease-owner.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openStorage } from '../../../src/open/open-storage.ts'
import { keepChildren, kill } from '../../support/children.ts'
import type { KillTarget } from '../../support/killing/target.ts'
import { killsOf, killTargets, SOAK_MINUTES } from '../../support/killing/targets.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { plainFold, storedViews, wholeFeed } from '../../support/projecting/views.ts'

const KILLS = 10
const LEASE = 1_000
const POLL = 200
// What a loaded machine may take to do what is due.
const SLACK = 1_500
const STREAMS = 40

const children = keepChildren()

afterEach(() => children.killAll())

const startWorker = (url: string, id: string) =>
  children.run('one-of-many-workers', url, id, String(LEASE), String(POLL))

const leasesOf = async (storage: StoragePort) =>
  (await storage.leases.list()).map(({ document }) => document).filter(({ projection }) => projection !== WORKERS)

/** How long it takes until nothing is a dead worker's: milliseconds. */
async function handOver(storage: StoragePort, dead: string): Promise<number> {
  const begun = performance.now()
  while ((await leasesOf(storage)).some(({ owner }) => owner === dead)) {
    const waited = performance.now() - begun
    if (waited > 20_000) throw new Error(`Worker ${dead} still has leases after ${waited} ms`)
    await systemClock.sleep(10)
  }
  return performance.now() - begun
}

async function survive(
  { make, slack }: KillTarget,
  workers: number,
  goesOn: (kills: number) => boolean,
): Promise<void> {
  await using target = await make()
  await using storage = await openStorage(target.url)
  const writer = children.run('steady-writer', target.url, String(STREAMS))
  await once(writer, 'message')
  let born = 0
  const alive = new Map<string, ChildProcess>()
  const bear = () => {
    const id = `w${++born}`
    const worker = startWorker(target.url, id)
    alive.set(id, worker)
    return once(worker, 'message')
  }
  await Promise.all(Array.from({ length: workers }, bear))

  const took: number[] = []
  for (let kills = 0; goesOn(kills); kills++) {
    await systemClock.sleep(200 + Math.random() * 800)
    const owners = new Set((await leasesOf(storage)).map(({ owner }) => owner))
    const victims = [...alive].filter(([id]) => owners.has(id))
    const [id, victim] = victims[Math.floor(Math.random() * victims.length)] as [string, ChildProcess]
    await kill(victim)
    alive.delete(id)
    const ready = bear()
    took.push(await handOver(storage, id))
    await ready
  }
  expect(Math.max(...took)).toBeLessThanOrEqual(LEASE + POLL + SLACK)
  // The middle one shows what the slack for a loaded machine does not hide.
  expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThanOrEqual(LEASE + POLL + slack)

  writer.send('stop')
  const [acknowledged] = (await once(writer, 'message')) as [number]
  await untilCaughtUp(storage, [versions, totals])
  for (const child of alive.values()) child.send('stop')
  await Promise.all([...alive.values()].map((child) => once(child, 'exit')))
  const leases = 2 * (await storage.feed.ranges()).length
  expect((await leasesOf(storage)).map(({ owner }) => owner)).toEqual(Array(leases).fill(null))

  expect(await wholeFeed(storage)).toHaveLength(acknowledged)
  for (const projection of [versions, totals]) {
    expect(await storedViews(storage, projection)).toEqual(await plainFold(storage, projection))
  }
  expect((await storedViews(storage, totals)).get('all')).toMatchObject({ events: acknowledged })
  await target.check?.()
}

describe.each(killTargets)('workers $name', (target) => {
  if (SOAK_MINUTES > 0) {
    it(`leave views that equal a plain fold of the log, four of them for ${SOAK_MINUTES} minutes`, {
      timeout: (SOAK_MINUTES + 5) * 60_000,
    }, () => {
      const end = Date.now() + SOAK_MINUTES * 60_000
      return survive(target, 4, () => Date.now() < end)
    })
    return
  }
  it.each(target.few ? [2] : [2, 4])(
    'of which one after the other is killed leave views that equal a plain fold: %i of them',
    {
      timeout: 120_000,
    },
    (workers) => survive(target, workers, (kills) => kills < killsOf(target, KILLS)),
  )
})
