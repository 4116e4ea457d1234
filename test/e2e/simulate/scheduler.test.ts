import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../src/core/random.ts'
import { createClock } from '../../../src/testing/simulate/world/clock.ts'
import { createQueue } from '../../../src/testing/simulate/world/queue.ts'
import { createScheduler } from '../../../src/testing/simulate/world/scheduler.ts'

const actorOf = (name: string) => ({ name, alive: true, pausedUntil: 0 })

describe('virtual time', () => {
  it('hands out a queue in order, whatever goes in and out when', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 20 }))), (steps) => {
        const queue = createQueue<number>((a, b) => a - b)
        const model: number[] = []
        for (const step of steps) {
          if (step !== null) {
            queue.push(step)
            model.push(step)
            model.sort((a, b) => a - b)
          } else expect(queue.pop()).toBe(model.shift())
          expect(queue.peek()).toBe(model[0])
          expect(queue.items()).toHaveLength(model.length)
        }
      }),
    )
  })

  it('passes in the order of what is due, with all that follows from one thing before the next', async () => {
    const scheduler = createScheduler(randomFrom(1))
    const clock = createClock(scheduler)
    const begun = clock.now()
    const seen: string[] = []
    const sleeper = async (name: string, pauses: readonly number[]) => {
      for (const pause of pauses) {
        await clock.sleep(pause)
        seen.push(`${name} at ${clock.now() - begun}`)
        await new Promise<void>((resolve) => setImmediate(resolve))
        seen.push(`${name} after`)
      }
    }
    sleeper('a', [10, 1_000_000])
    sleeper('b', [20, 20])
    await scheduler.runUntil(100)
    expect(seen).toEqual(['a at 10', 'a after', 'b at 20', 'b after', 'b at 40', 'b after'])
    expect(scheduler.now).toBe(100)
    await scheduler.runUntil(2_000_000)
    expect(seen.slice(6)).toEqual(['a at 1000010', 'a after'])
  })

  it('stands still for a paused actor, ends for a crashed one, and forgets a sleep that was given up', async () => {
    const scheduler = createScheduler(randomFrom(1))
    const [paused, crashed, other] = [actorOf('paused'), actorOf('crashed'), actorOf('other')]
    const seen: string[] = []
    const ended = new AbortController()
    createClock(scheduler, paused)
      .sleep(10)
      .then(() => seen.push(`paused at ${scheduler.now}`))
    createClock(scheduler, crashed)
      .sleep(10)
      .then(() => seen.push('crashed'))
    createClock(scheduler, other)
      .sleep(50, ended.signal)
      .then(() => seen.push(`given up at ${scheduler.now}`))
    paused.pausedUntil = 500
    crashed.alive = false
    scheduler.after(20, undefined, () => ended.abort())
    await scheduler.runUntil(1_000)
    expect(seen).toEqual(['given up at 20', 'paused at 500'])
    expect([paused, other].map((actor) => scheduler.waiting(actor))).toEqual([0, 0])
  })

  it('lets chance decide between what is due at once, the same for the same seed', async () => {
    const orderOf = async (seed: number) => {
      const scheduler = createScheduler(randomFrom(seed))
      const order: number[] = []
      for (let i = 0; i < 10; i++) scheduler.after(5, undefined, () => order.push(i))
      await scheduler.runUntil(5)
      return order.join('')
    }
    expect(await orderOf(1)).toBe(await orderOf(1))
    expect(new Set(await Promise.all([1, 2, 3, 4].map(orderOf))).size).toBe(4)
  })
})
