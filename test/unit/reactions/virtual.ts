import { randomFrom } from '../../../src/core/random.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createClock } from '../../../src/testing/simulate/world/clock.ts'
import { type Actor, createScheduler } from '../../../src/testing/simulate/world/scheduler.ts'

/** A storage, and processes over it, in virtual time. */
export function virtualWorld(seed = 1, ranges = 4) {
  const scheduler = createScheduler(randomFrom(seed))
  const clock = createClock(scheduler)
  const random = randomFrom(seed + 1)
  const port = openMemory({ ranges, clock, turn: () => Promise.resolve() })
  return {
    scheduler,
    clock,
    random,
    port,
    /** A process, which ends when it is no longer alive: nothing that it waits for happens. */
    process(name: string) {
      const actor: Actor = { name, alive: true, pausedUntil: 0 }
      return { actor, options: { workerId: name, random, clock: createClock(scheduler, actor) } }
    },
    /** Lets time pass, in milliseconds. */
    async pass(milliseconds: number): Promise<void> {
      // What was just started reaches the point where it waits for the clock.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
      await scheduler.runUntil(scheduler.now + milliseconds)
    },
    /** What a promise comes to within some time. */
    async within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
      let outcome: PromiseSettledResult<T> | undefined
      const over = Promise.allSettled([promise]).then(([one]) => {
        outcome = one
      })
      const end = scheduler.now + milliseconds
      for (let step = 1; outcome === undefined && scheduler.now < end; step *= 2) {
        await scheduler.runUntil(Math.min(end, scheduler.now + step))
      }
      await Promise.race([over, new Promise((resolve) => setImmediate(resolve))])
      if (outcome === undefined) throw new Error(`Not within ${milliseconds} ms of virtual time`)
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    },
  }
}
