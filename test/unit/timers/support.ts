import type { Clock } from '../../../src/core/clock.ts'
import type { EventDocument } from '../../../src/core/port/event-document.ts'
import { TIMER_FIRED, TIMER_SCHEDULED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { type Processor, startProcessor } from '../../../src/processor/processor.ts'
import type { Work } from '../../../src/processor/work.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createClock, type SkewedClock } from '../../../src/testing/simulate/world/clock.ts'
import { type Actor, createScheduler, type Scheduler } from '../../../src/testing/simulate/world/scheduler.ts'
import { cancelTimer } from '../../../src/timers/cancel-timer.ts'
import { entryIn, TIMERS, TIMERS_VERSION } from '../../../src/timers/pending/pending-index.ts'
import { timersConsumer } from '../../../src/timers/pending/timers-consumer.ts'
import { scheduleTimer } from '../../../src/timers/schedule-timer.ts'
import { type TimerRef, timerStream } from '../../../src/timers/timer.ts'
import type { PendingTimer } from '../../../src/timers/timer-events.ts'

/** Time that only passes when a test lets it: no test waits. */
function virtualTime(seed = 1): { readonly scheduler: Scheduler; readonly clock: SkewedClock } {
  const scheduler = createScheduler(randomFrom(seed))
  return { scheduler, clock: createClock(scheduler) }
}

export const ref = (key: string): TimerRef => ({ reaction: 'activation', timer: 'reminder', key })

/** A timer due at a time, in milliseconds since 1970. */
export const timerAt = (key: string, at: number): PendingTimer => ({
  ...ref(key),
  at: new Date(at).toISOString(),
  data: { key },
})

export async function eventsOf(port: StoragePort, key: string): Promise<readonly EventDocument[]> {
  return (await port.events.load(timerStream(ref(key)))).events
}

export const typesOf = (events: readonly EventDocument[]): string[] => events.map(({ eventType }) => eventType)

/** What is wrong with the events of a timer: it fires once after it was scheduled, and never early. */
export function faultsOf(events: readonly EventDocument[]): string[] {
  const faults: string[] = []
  for (const [i, { id, eventType, eventData, metadata }] of events.entries()) {
    if (eventType !== TIMER_FIRED) continue
    const before = events[i - 1]
    if (before?.eventType !== TIMER_SCHEDULED) faults.push(`${id} follows ${before?.eventType}`)
    if (before && before.eventData.at !== eventData.at) faults.push(`${id} fired for another time`)
    if (metadata.recordedAt < String(eventData.at)) faults.push(`${id} fired early, at ${metadata.recordedAt}`)
  }
  return faults
}

/** The keys of the pending timers in the index, in the order in which they are due. */
export async function indexed(port: StoragePort): Promise<readonly (readonly [key: string, at: string])[]> {
  const query = { projection: TIMERS, version: TIMERS_VERSION, orderBy: { field: 'at' }, limit: 1_000 }
  const { views } = await port.viewStore.query(query)
  return views.map((view) => [entryIn(view).key, entryIn(view).at])
}

/** A process that dies at one of its calls of the storage, before or after the call takes effect. */
export type Mortal = {
  readonly port: StoragePort
  readonly clock: SkewedClock
  readonly isDead: () => boolean
  readonly calls: () => number
}

const PARTS = ['events', 'feed', 'viewStore', 'leases'] as const
const NEVER = new Promise<never>(() => {})

/** @param dies the number of the call at which it dies, from 1, and whether that takes effect */
export function mortal(
  port: StoragePort,
  scheduler: Scheduler,
  dies: { readonly at: number; readonly done: boolean },
): Mortal {
  const actor: Actor = { name: 'mortal', alive: true, pausedUntil: 0 }
  let calls = 0
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const member = Reflect.get(object, name)
        if (typeof member !== 'function' || name === 'query' || name === 'changed') return member
        return async (...parameters: unknown[]) => {
          if (!actor.alive) return NEVER
          const isLast = ++calls === dies.at
          if (isLast && !dies.done) actor.alive = false
          if (!actor.alive) return NEVER
          const result = await member.apply(object, parameters)
          if (isLast) actor.alive = false
          return actor.alive ? result : NEVER
        }
      },
    })
  const wrapped = Object.fromEntries(PARTS.map((part) => [part, wrap(port[part])]))
  return {
    port: { ...port, ...wrapped },
    clock: createClock(scheduler, actor),
    isDead: () => !actor.alive,
    calls: () => calls,
  }
}

/** A storage whose calls take time, workers on it, and timers. Time passes only when a test lets it. */
export function open(ranges = 4, work: readonly Work[] = [timersConsumer]) {
  const { scheduler, clock } = virtualTime()
  const port = openMemory({ ranges, clock })
  /** Lets time pass. */
  const pass = (milliseconds: number) => scheduler.runUntil(scheduler.now + milliseconds)
  const schedule = (key: string, after: number, id = `schedule ${key}`) =>
    scheduleTimer(port, timerAt(key, clock.now() + after), { eventId: id })
  const cancel = (key: string) => cancelTimer(port, ref(key), { eventId: `cancel ${key}` })
  // What a call of the storage takes, so that no work is under way that time does not wait for.
  const turn = () => new Promise<void>((resolve) => void scheduler.after(1, undefined, resolve))
  const again = () => openMemory({ shared: port.state, clock, turn })
  const theirs = again()
  /** Lets time pass until some work is done. */
  async function whileTimePasses<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const end = () => {
      isDone = true
    }
    work.then(end, end)
    while (!isDone) await pass(20)
    return work
  }
  /** Starts a worker on the storage. */
  const start = (on: StoragePort = theirs, its: Clock = clock): Promise<Processor> =>
    whileTimePasses(startProcessor(on, work, { clock: its }))
  const stop = (processor: Processor): Promise<void> => whileTimePasses(processor.stop())
  return { whileTimePasses, scheduler, clock, port, theirs, again, pass, schedule, cancel, start, stop }
}
