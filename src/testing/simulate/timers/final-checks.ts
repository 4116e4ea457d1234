import { type EventDocument, TIMER_CANCELLED, TIMER_FIRED, TIMER_SCHEDULED } from '../../../core/port/event-document.ts'
import { TIMERS } from '../../../timers/pending/pending-index.ts'
import { timerStream } from '../../../timers/timer.ts'
import { storedState } from '../checks/checks.ts'
import type { Ending } from '../checks/final-checks.ts'
import { createClock } from '../world/clock.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import { type Change, type Handlers, timerOf } from './handlers.ts'

// Milliseconds within which everything that is due must have fired, once the faults are over: the index is read again
// every minute, and a failure is followed by a pause of half a minute at most.
const FIRED_WITHIN = 110_000
const LOOK = 1_000

/** The final checks of timers: each fired once for what scheduled it, in time, or was cancelled. */
export const timersEnding = (world: World, handlers: Handlers): Ending => ({
  async complete() {
    const clock = createClock(world.scheduler)
    const until = world.scheduler.now + FIRED_WITHIN
    while ((handlers.busy > 0 || pendingIn(world).length > 0) && world.scheduler.now < until) await clock.sleep(LOOK)
    for (const key of pendingIn(world)) world.fail(`timer ${key} is in the index of pending timers for ever`)
    for (const key of new Set(handlers.changes.map((change) => change.key))) {
      const { events } = await world.db.events.load(timerStream(timerOf(key)))
      const changes = handlers.changes.filter((change) => change.key === key)
      for (const fault of faultsOf(world, events, changes)) world.fail(`timer ${key}: ${fault}`)
    }
  },
})

const pendingIn = ({ db }: World): string[] =>
  storedState(db.state)
    .views.filter(({ projection }) => projection === TIMERS)
    .map(({ data }) => String(data?.key))

/** What is wrong with the events of a timer. */
function faultsOf(world: World, events: readonly EventDocument[], changes: readonly Change[]): string[] {
  const faults: string[] = []
  const ids = events.map(({ metadata }) => metadata.eventId)
  if (new Set(ids).size < ids.length) faults.push('a change was made twice')
  let latest = 0
  for (const [i, event] of events.entries()) {
    const { eventType, eventData, metadata, stream } = event
    if (eventType !== TIMER_FIRED) {
      const { version } = eventData.cause as { readonly version: number }
      if (version < latest) faults.push(`version ${stream.version} is of event ${version}, and follows a later one's`)
      latest = version
      continue
    }
    world.parts.count('timers', 'fired')
    const before = events[i - 1]
    if (before?.eventType !== TIMER_SCHEDULED) faults.push(`it fired at version ${stream.version}, and was not pending`)
    else if (before.eventData.at !== eventData.at) faults.push('it fired for another time than it was scheduled for')
    // What the clock of a worker may be ahead; hours, if clocks leap.
    const early = Date.parse(String(eventData.at)) - Date.parse(metadata.recordedAt)
    if (early > PACE.skew && !world.parts.has('clocks')) faults.push(`it fired ${early} ms too early`)
  }
  const last = events.at(-1)
  if (last?.eventType === TIMER_SCHEDULED) faults.push(`it never fired, although it was due at ${last.eventData.at}`)
  if (last?.eventType === TIMER_CANCELLED) world.parts.count('timers', 'cancelled')
  for (const { eventId, cause, kind, isDone } of changes) {
    if (isDone && !ids.includes(eventId) && cause > latest) faults.push(`${kind} for event ${cause} was lost`)
    const isOverruled = events.some(
      ({ eventData }) => Number((eventData.cause as { version?: number })?.version) > cause,
    )
    if (isDone && !ids.includes(eventId) && !isOverruled) faults.push(`${kind} for event ${cause} is not in the log`)
  }
  return faults
}
