import type { ViewDocument } from '../../../core/port/view-store.ts'
import type { Projection } from '../../../projections/projection.ts'
import { isReaction } from '../../../reactions/reaction.ts'
import { isOfPeople } from '../people/projections.ts'
import { wrongStatus } from '../workers/health.ts'
import type { Operators } from '../workers/operators.ts'
import type { Workers } from '../workers/workers.ts'
import { isErased, type LogRecord } from '../workload/log-record.ts'
import type { Record } from '../workload/projections.ts'
import type { Readers } from '../workload/readers.ts'
import type { Writers } from '../workload/writers.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { type Leased, leasesOf, parkedViews, storedState, unsettled, wrongCounts, wrongViews } from './checks.ts'
import { differences } from './compare.ts'

// Virtual milliseconds: for catching up once the faults are over, for one more event, and for stopping.
const SETTLED_WITHIN = 60_000
const FOLDED_WITHIN = 30_000
const REPLAYED_WITHIN = 30_000
const STOPPED_WITHIN = 30_000
const PREPARED_WITHIN = 150_000
const REPLACED_WITHIN = 3 * PACE.lease
const LOOK = 250
const RESTED = PACE.late + 400
const RESTS = 3
// Far fewer than a worker needs that loops without progress, far more than one that waits.
const IDLE_STEPS = 1_500

/** All participants of a simulation. */
export type Cast = {
  readonly log: LogRecord
  readonly writers: Writers
  readonly readers: Readers
  readonly workers: Workers
  readonly operators: Operators
  /** What all workers run at the end. */
  readonly projections: () => readonly Projection[]
  /** What has leases besides. */
  readonly consumers: readonly Leased[]
  /** What else takes part, with its final checks. */
  readonly parts: readonly Ending[]
}

/** The final checks of a part of the simulation. */
export type Ending = {
  /** What to do as soon as the faults are over: nothing settles before. */
  prepare?(): Promise<unknown>
  /** What must hold before anything parked is replayed; receives a function that lets everything settle. */
  beforeReplay?(settle: () => Promise<boolean>): Promise<unknown>
  /** What to do, and what must hold, once everything was replayed and has settled. */
  complete?(): Promise<unknown>
}

/**
 * Checks, once the faults are over, that everything ends and is correct. Anything else becomes a failure.
 */
export async function ending(world: World, cast: Cast): Promise<void> {
  const { log, writers, readers, workers, operators, parts } = cast
  const { scheduler, db } = world
  const projections = () => cast.projections()
  const leased = () => [...projections(), ...cast.consumers]
  for (const part of parts) await within(PREPARED_WITHIN, 'prepared', () => part.prepare?.())
  if (!(await settled(SETTLED_WITHIN))) return
  if (!(await passUntil(() => workers.former.size === 0, REPLACED_WITHIN))) {
    for (const { actor } of workers.former) world.fail(`${actor.name} does not learn that another one has its name`)
  }
  await rested()
  const settle = () => settled(FOLDED_WITHIN)
  for (const { beforeReplay } of parts) await within(PREPARED_WITHIN, 'looked at', () => beforeReplay?.(settle))
  for (const streamId of writers.streams) while (await writers.erase(streamId));
  await replayed()
  for (const streamId of writers.streams) await writers.append(streamId)
  if (!(await settled(FOLDED_WITHIN))) return
  await passUntil(() => readers.waiting === 0, FOLDED_WITHIN)
  if (readers.waiting > 0) world.fail(`${readers.waiting} readers that wait for a view get no result`)
  const views = projections().filter((one) => !isReaction(one) && !isOfPeople(one)) as Projection<Record>[]
  const isGone = (id: string, version: number) => isErased(db.state, id, version)
  for (const wrong of wrongViews(storedState(db.state).views, log, isGone, views)) world.fail(wrong)
  for (const part of parts) await within(PREPARED_WITHIN, 'completed', () => part.complete?.())
  await within(FOLDED_WITHIN, 'read', () => Promise.all(views.map(readAsStored)))
  await healthy()
  await stopped()

  /** Checks that readers see what a plain fold gives. */
  async function readAsStored(projection: Projection<Record>): Promise<void> {
    const expected = log.plainFold(projection)
    for (const [key, view] of await readers.readAll(projection)) {
      const wrong = differences(view, expected.get(key) ?? null, { streams: log.streams, isErased: isGone })
      for (const what of wrong) world.fail(`readers of ${projection.name} ${key} see ${what}`)
    }
  }

  /** Lets time pass until a condition holds, or for a limited time. */
  async function passUntil(isSo: () => boolean, within: number): Promise<boolean> {
    for (const until = scheduler.now + within; !isSo(); ) {
      if (scheduler.now >= until) return false
      await scheduler.runUntil(scheduler.now + LOOK)
    }
    return true
  }

  /** Lets time pass until some work is done. @returns whether it ended in time */
  async function within(time: number, how: string, work: () => Promise<unknown> | undefined): Promise<boolean> {
    let isOver = false
    Promise.resolve(work())
      .catch((error) => world.fail(`not ${how}: ${error instanceof Error ? error.stack : error}`))
      .finally(() => {
        isOver = true
      })
    if (await passUntil(() => isOver, time)) return true
    world.fail(`not ${how} after ${time} ms`)
    return false
  }

  async function settled(time: number): Promise<boolean> {
    const left = () =>
      unsettled(
        db.state,
        workers.running.map(({ id }) => id),
        leased(),
      )
    if (await passUntil(() => left() === undefined, time)) return true
    world.fail(`not settled after ${time} ms: ${left()}`)
    return false
  }

  /**
   * Lets time pass in which nothing is to be done. Calls sent long ago, by a process that has crashed since, may
   * arrive; and a version switch, for which readers wait, may end, so that only endless activity is a failure.
   */
  async function rested(): Promise<void> {
    const busy: number[] = []
    while (busy.length < RESTS && (busy.at(-1) ?? Number.POSITIVE_INFINITY) > IDLE_STEPS) {
      const before = scheduler.steps
      await scheduler.runUntil(scheduler.now + RESTED)
      busy.push(scheduler.steps - before)
    }
    if (busy.every((steps) => steps > IDLE_STEPS)) {
      world.fail(`${busy.join(', ')} steps in ${RESTED} ms each in which there was nothing to do`)
    }
  }

  /** An operator replays what is parked, now that handlers are fixed. */
  async function replayed(): Promise<void> {
    await healthy()
    for (const wrong of await wrongCounts(db, storedState(db.state).views, projections())) world.fail(wrong)
    await within(REPLAYED_WITHIN, 'replayed', () => operators.replayAll())
    const isRun = ({ projection, version }: ViewDocument) =>
      projections().some((one) => one.name === projection && one.version === version)
    for (const { id } of parkedViews(storedState(db.state).views).filter(isRun))
      world.fail(`view ${id} is parked, but no worker reports it`)
    for (const wrong of await wrongCounts(db, storedState(db.state).views, projections())) world.fail(wrong)
  }

  async function healthy(): Promise<void> {
    let wrong: readonly string[] = ['the workers do not report their status']
    // A worker that failed may pause while others continue.
    for (const until = scheduler.now + SETTLED_WITHIN; wrong.length > 0 && scheduler.now < until; ) {
      wrongStatus(() => storedState(db.state), workers.running, leased()).then((found) => {
        wrong = found
      })
      await passUntil(() => wrong.length === 0, PACE.poll)
    }
    for (const failure of wrong) world.fail(failure)
  }

  async function stopped(): Promise<void> {
    const { running } = workers
    if (!(await within(STOPPED_WITHIN, 'stopped', () => workers.stop()))) return
    for (const { actor } of running) {
      const left = scheduler.waiting(actor)
      if (left > 0) world.fail(`${actor.name} left ${left} calls or timers behind when it stopped`)
    }
    for (const lease of leasesOf(db.state, leased())) {
      if (running.some(({ id }) => id === lease?.owner)) {
        world.fail(`lease ${lease?.id} still belongs to ${lease?.owner}, which stopped`)
      }
    }
  }
}
