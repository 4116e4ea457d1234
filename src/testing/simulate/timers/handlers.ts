import { StorageBusy, StorageUnavailable } from '../../../core/errors/storage.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { cancelTimer } from '../../../timers/cancel-timer.ts'
import { scheduleTimer } from '../../../timers/schedule-timer.ts'
import type { TimerRef } from '../../../timers/timer.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import { faultyPort } from '../storage/faulty-port.ts'
import type { Line } from '../storage/network.ts'
import { createClock } from '../world/clock.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/** A change of a timer that a handler asks for. */
export type Change = {
  readonly key: string
  readonly kind: 'schedule' | 'cancel'
  /** The number of the event that caused it: the later change holds. */
  readonly cause: number
  readonly eventId: string
  /** Whether the handler knows that it was done. */
  isDone: boolean
}

/** Handlers of reactions, each in a process of its own, which schedule, move and cancel a few timers. */
export type Handlers = {
  /** A handler asks for a change, and again until it knows that it was done, unless its process ends. */
  act(): void
  /** Everything that was asked for, in the order of its causes. */
  readonly changes: readonly Change[]
  /** How many are running. */
  readonly busy: number
}

const REACTION = 'process'

/** The timer with a key. */
export const timerOf = (key: string): TimerRef => ({ reaction: REACTION, timer: 'due', key })

const KEYS = ['a', 'b', 'c', 'd', 'e']
const ATTEMPTS = 6

/** Creates the handlers of a run. @param end when the faults end: virtual milliseconds */
export function createHandlers(
  world: World,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
  end: number,
): Handlers {
  const { scheduler, trace, parts } = world
  const changes: Change[] = []
  let busy = 0
  let processes = 0

  async function attempt(change: Change, at: string): Promise<void> {
    const { key, kind, cause, eventId } = change
    const actor: Actor = { name: `handler${++processes}`, alive: true, pausedUntil: 0 }
    const crashed = Promise.withResolvers<never>()
    const line: Line = {
      actor,
      faulty: true,
      unreachable: () => false,
      crash() {
        if (!actor.alive) return
        actor.alive = false
        parts.count('timers', 'handlerCrashed')
        crashed.reject(new StorageUnavailable('the process ended'))
      },
    }
    crashed.promise.catch(() => {})
    const port = interpose(faultyPort(world, line))
    const origin = { eventId, cause: { streamId: 'source', version: cause } }
    trace.note(`${actor.name} ${kind}s ${key} for event ${cause}`)
    const work =
      kind === 'schedule'
        ? scheduleTimer(port, { ...timerOf(key), at, data: {} }, origin)
        : cancelTimer(port, timerOf(key), origin)
    await Promise.race([work, crashed.promise])
  }

  async function carryOut(change: Change, at: string): Promise<void> {
    busy++
    try {
      for (let left = ATTEMPTS; left > 0; left--) {
        try {
          await attempt(change, at)
          change.isDone = true
          return
        } catch (error) {
          if (!(error instanceof StorageUnavailable) && !(error instanceof StorageBusy)) throw error
          parts.count('timers', 'uncertain')
          await createClock(scheduler).sleep(below(random, PACE.poll))
        }
      }
    } finally {
      busy--
    }
  }

  return {
    changes,
    get busy() {
      return busy
    },
    act() {
      const key = oneOf(random, KEYS)
      const kind = random() < 0.7 ? 'schedule' : 'cancel'
      const cause = changes.length + 1
      const change = { key, kind, cause, eventId: `change ${cause}`, isDone: false } as const
      changes.push({ ...change })
      parts.count('timers', kind)
      // Some are due at once, and none long after the faults are over.
      const due = scheduler.now + below(random, Math.max(1, end + PACE.lease - scheduler.now))
      const at = new Date(createClock(scheduler).now() + Math.floor(due - scheduler.now)).toISOString()
      const asked = changes.at(-1) as Change
      carryOut(asked, at).catch((error) =>
        world.fail(`a handler failed: ${error instanceof Error ? error.stack : error}`),
      )
    },
  }
}
