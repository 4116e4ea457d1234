import { leasesOf, unsettled, wrongViews } from './checks.ts'
import { wrongStatus } from './health.ts'
import type { LogRecord } from './log-record.ts'
import type { Readers } from './readers.ts'
import type { Workers } from './workers.ts'
import type { World } from './world.ts'
import type { Writers } from './writers.ts'

// Virtual milliseconds: for catching up once the faults are over, for one more event, and for stopping.
const SETTLED_WITHIN = 120_000
const FOLDED_WITHIN = 30_000
const STOPPED_WITHIN = 30_000
const LOOK = 250
const HEALTH_LOOK = 2_000
const RESTED = 30_000
// Far less than a worker that goes round in circles needs, far more than one that waits.
const IDLE_STEPS = 20_000

/**
 * Looks, once the faults are over, whether everything comes to its end and is as it should be. What is not becomes a
 * failure.
 */
export async function ending(
  world: World,
  { log, writers, readers, workers }: { log: LogRecord; writers: Writers; readers: Readers; workers: Workers },
): Promise<void> {
  const { scheduler, db } = world
  if (!(await settled(SETTLED_WITHIN))) return
  await rested()
  for (const streamId of writers.streams) await writers.append(streamId)
  if (!(await settled(FOLDED_WITHIN))) return
  if (readers.waiting > 0) await scheduler.runUntil(scheduler.now + FOLDED_WITHIN)
  if (readers.waiting > 0) world.fail(`${readers.waiting} who wait for a view are told nothing`)
  for (const wrong of wrongViews(db.state, log)) world.fail(wrong)
  await healthy()
  await stopped()

  async function settled(within: number): Promise<boolean> {
    const until = scheduler.now + within
    for (;;) {
      const names = workers.running.map(({ actor }) => actor.name)
      const left = unsettled(db.state, names)
      if (left === undefined) return true
      if (scheduler.now >= until) {
        world.fail(`not settled after ${within} ms: ${left}`)
        return false
      }
      await scheduler.runUntil(scheduler.now + LOOK)
    }
  }

  /** Lets time pass in which nothing is to be done. What was sent long ago, by whoever crashed since, may arrive. */
  async function rested(): Promise<void> {
    const before = scheduler.steps
    await scheduler.runUntil(scheduler.now + RESTED)
    const busy = scheduler.steps - before
    if (busy > IDLE_STEPS) world.fail(`${busy} steps in ${RESTED} ms in which there was nothing to do`)
  }

  async function healthy(): Promise<void> {
    let wrong: readonly string[] = ['the workers do not tell how they are']
    // A worker that met a failure may make a pause while others go on.
    for (const until = scheduler.now + SETTLED_WITHIN; wrong.length > 0 && scheduler.now < until; ) {
      wrongStatus(world, workers.running).then((found) => {
        wrong = found
      })
      await scheduler.runUntil(scheduler.now + HEALTH_LOOK)
    }
    for (const failure of wrong) world.fail(failure)
  }

  async function stopped(): Promise<void> {
    const { running } = workers
    let all = false
    workers.stop().then(() => {
      all = true
    })
    for (const until = scheduler.now + STOPPED_WITHIN; !all && scheduler.now < until; ) {
      await scheduler.runUntil(scheduler.now + LOOK)
    }
    if (!all) return world.fail(`not stopped after ${STOPPED_WITHIN} ms`)
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
