import { wrongStatus } from '../workers/health.ts'
import type { Operators } from '../workers/operators.ts'
import type { Workers } from '../workers/workers.ts'
import { isErased, type LogRecord } from '../workload/log-record.ts'
import type { Readers } from '../workload/readers.ts'
import type { Writers } from '../workload/writers.ts'
import { PACE } from '../world/pace.ts'
import type { World } from '../world/world.ts'
import { leasesOf, parkedViews, storedState, unsettled, wrongCounts, wrongViews } from './checks.ts'

// Virtual milliseconds: for catching up once the faults are over, for one more event, and for stopping.
const SETTLED_WITHIN = 60_000
const FOLDED_WITHIN = 30_000
const REPLAYED_WITHIN = 30_000
const STOPPED_WITHIN = 30_000
const LOOK = 250
const RESTED = PACE.late + 400
// Far less than a worker that goes round in circles needs, far more than one that waits.
const IDLE_STEPS = 1_500

/** All who take part in a simulation. */
export type Cast = {
  readonly log: LogRecord
  readonly writers: Writers
  readonly readers: Readers
  readonly workers: Workers
  readonly operators: Operators
}

/**
 * Looks, once the faults are over, whether everything comes to its end and is as it should be. What is not becomes a
 * failure.
 */
export async function ending(world: World, { log, writers, readers, workers, operators }: Cast): Promise<void> {
  const { scheduler, db } = world
  if (!(await settled(SETTLED_WITHIN))) return
  await rested()
  for (const streamId of writers.streams) while (await writers.erase(streamId));
  await replayed()
  for (const streamId of writers.streams) await writers.append(streamId)
  if (!(await settled(FOLDED_WITHIN))) return
  await passUntil(() => readers.waiting === 0, FOLDED_WITHIN)
  if (readers.waiting > 0) world.fail(`${readers.waiting} who wait for a view are told nothing`)
  for (const wrong of wrongViews(storedState(db.state).views, log, (id, version) => isErased(db.state, id, version)))
    world.fail(wrong)
  await healthy()
  await stopped()

  /** Lets time pass until something is so, or for so long. */
  async function passUntil(isSo: () => boolean, within: number): Promise<boolean> {
    for (const until = scheduler.now + within; !isSo(); ) {
      if (scheduler.now >= until) return false
      await scheduler.runUntil(scheduler.now + LOOK)
    }
    return true
  }

  async function settled(within: number): Promise<boolean> {
    const left = () =>
      unsettled(
        db.state,
        workers.running.map(({ actor }) => actor.name),
      )
    if (await passUntil(() => left() === undefined, within)) return true
    world.fail(`not settled after ${within} ms: ${left()}`)
    return false
  }

  /** Lets time pass in which nothing is to be done. What was sent long ago, by whoever crashed since, may arrive. */
  async function rested(): Promise<void> {
    const before = scheduler.steps
    await scheduler.runUntil(scheduler.now + RESTED)
    const busy = scheduler.steps - before
    if (busy > IDLE_STEPS) world.fail(`${busy} steps in ${RESTED} ms in which there was nothing to do`)
  }

  /** Somebody replays what is parked, now that handlers are mended. */
  async function replayed(): Promise<void> {
    await healthy()
    for (const wrong of await wrongCounts(db, storedState(db.state).views)) world.fail(wrong)
    let done = false
    operators.replayAll().then(
      () => {
        done = true
      },
      (error) => world.fail(`nothing can be replayed: ${error instanceof Error ? error.stack : error}`),
    )
    if (!(await passUntil(() => done, REPLAYED_WITHIN))) world.fail(`not replayed after ${REPLAYED_WITHIN} ms`)
    for (const { id } of parkedViews(storedState(db.state).views))
      world.fail(`view ${id} is parked, and nobody knows of it`)
    for (const wrong of await wrongCounts(db, storedState(db.state).views)) world.fail(wrong)
  }

  async function healthy(): Promise<void> {
    let wrong: readonly string[] = ['the workers do not tell how they are']
    // A worker that met a failure may make a pause while others go on.
    for (const until = scheduler.now + SETTLED_WITHIN; wrong.length > 0 && scheduler.now < until; ) {
      wrongStatus(() => storedState(db.state), workers.running).then((found) => {
        wrong = found
      })
      await passUntil(() => wrong.length === 0, PACE.poll)
    }
    for (const failure of wrong) world.fail(failure)
  }

  async function stopped(): Promise<void> {
    const { running } = workers
    let all = false
    workers.stop().then(() => {
      all = true
    })
    if (!(await passUntil(() => all, STOPPED_WITHIN))) return world.fail(`not stopped after ${STOPPED_WITHIN} ms`)
    for (const { actor } of running) {
      const left = scheduler.waiting(actor)
      if (left > 0) world.fail(`${actor.name} left ${left} calls or timers behind when it stopped`)
    }
    for (const lease of leasesOf(db.state)) {
      if (running.some(({ actor }) => actor.name === lease?.owner)) {
        world.fail(`lease ${lease?.id} still belongs to ${lease?.owner}, which stopped`)
      }
    }
  }
}
