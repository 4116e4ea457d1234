import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import { TOMBSTONE } from '../../../src/core/port/event-document.ts'
import { leaseId } from '../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { containsInterval } from '../../../src/core/positions/hash-interval.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { parkedViews, wrongCounts, wrongViews } from '../../../src/testing/simulate/checks/checks.ts'
import { wrongStatus } from '../../../src/testing/simulate/workers/health.ts'
import { type Record, simulatedProjections } from '../../../src/testing/simulate/workload/projections.ts'
import type { Truth } from './acknowledged-events.ts'
import { wrongAppends } from './check-appends.ts'
import { replayAll } from './operators.ts'
import type { Readers } from './readers.ts'
import type { Workers } from './workers.ts'
import type { World } from './world.ts'
import type { Writers } from './writers.ts'

/** All who take part in a run. */
export type Cast = {
  readonly truth: Truth
  readonly writers: Writers
  readonly readers: Readers
  readonly workers: Workers
  readonly projections: readonly Projection<Record>[]
  /** Of a process to which nothing happens. */
  readonly port: StoragePort
  /** Ranges that somebody was told. */
  readonly told: readonly FeedRange[]
}

// Milliseconds in which nothing moves any more, once the faults are over, even on a machine that is busy.
const STILL = 20_000
const LOOK = 50

/** Looks, once the faults are over, whether everything comes to its end and is as it should be. */
export async function ending(world: World, cast: Cast): Promise<void> {
  const { truth, writers, readers, workers, projections, port, told } = cast
  if (!(await holds('not settled', unsettled))) return
  for (const streamId of writers.streams) {
    await truth.stream(streamId)
    if (truth.isEnded(streamId)) while (!(await port.events.erase(streamId, { limit: 100 })).done);
  }
  for (const wrong of await wrongCounts(port, (await truth.state()).views)) world.fail(wrong)
  await replayAll(world, projections)
  for (const { id } of parkedViews((await truth.state()).views)) world.fail(`view ${id} is parked, unknown to anybody`)
  const known = new Map<string, number>()
  for (const streamId of writers.streams) if (!truth.isEnded(streamId)) await writers.append(port, known, streamId)
  if (!(await holds('not settled at the end', unsettled))) return
  await holds('somebody still waits', () => (readers.waiting > 0 ? `${readers.waiting} wait` : undefined))

  const log = await truth.log(writers.streams)
  const { views, ranges } = await truth.state()
  for (const wrong of wrongViews(views, log, truth.isErased)) world.fail(wrong)
  for (const stale of readers.stale(log, truth.isEnded)) world.fail(stale)
  for (const streamId of writers.streams) {
    const attempts = writers.attempts.filter((attempt) => attempt.streamId === streamId)
    for (const wrong of wrongAppends(streamId, await truth.stream(streamId), attempts, TOMBSTONE)) world.fail(wrong)
  }
  for (const range of told) {
    const isCutFiner = ranges.every(
      (now) => containsInterval(range, now) || now.max <= range.min || now.min >= range.max,
    )
    if (!isCutFiner) world.fail(`range ${range.min}-${range.max} was told, and is now a part of a wider one`)
  }
  // A worker that met a failure may make a pause while others go on.
  await holds('the workers do not tell what is so', async () => {
    const wrong = await wrongStatus(truth.state, workers.running)
    return wrong.length > 0 ? wrong.join('; ') : undefined
  })
  const names = workers.running.map(({ name }) => name)
  await workers.stop()
  const { lease } = await truth.state()
  for (const range of ranges) {
    for (const { name, version } of simulatedProjections) {
      const left = lease(leaseId(name, version, range))
      if (left?.owner != null && names.includes(left.owner)) world.fail(`${left.id} still belongs to ${left.owner}`)
    }
  }

  /** Waits until nothing is found; what is found at last becomes a failure. */
  async function holds(what: string, find: () => Promise<string | undefined> | string | undefined): Promise<boolean> {
    let last: string | undefined
    for (let end = world.clock.now() + STILL; ; ) {
      const found = await find()
      if (found === undefined) return true
      if (found !== last) end = world.clock.now() + STILL
      last = found
      if (world.clock.now() > end) {
        world.fail(`${what}, and nothing has moved for ${STILL} ms: ${found}`)
        return false
      }
      await world.clock.sleep(LOOK)
    }
  }

  async function unsettled(): Promise<string | undefined> {
    const late = workers.running.find(({ processor }) => processor === undefined)
    if (late) return `${late.name} has not started`
    const running = workers.running.map(({ name }) => name)
    const { ranges, lease } = await truth.state()
    for (const range of ranges) {
      for (const { name, version } of simulatedProjections) {
        const id = leaseId(name, version, range)
        const { owner = null, continuation, readTo } = lease(id) ?? {}
        if (owner === null || !running.includes(owner)) return `lease ${id} is owned by ${owner}, who does not run`
        const { events } = await port.feed.lag(range, continuation ?? 'start')
        if (events > 0) return `lease ${id} of ${owner} is at ${readTo}, ${events} events behind`
      }
    }
    return undefined
  }
}
