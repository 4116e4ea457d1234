import { appendEvents } from '../../../src/core/append/append-events.ts'
import type { changeTimer } from '../../../src/timers/change-timer.ts'
import type * as DueTimers from '../../../src/timers/pending/due-timers.ts'
import type * as PendingIndex from '../../../src/timers/pending/pending-index.ts'
import type { Mutation } from './mutations.ts'

// What must not be done with timers, done: each of these lets one fire early, twice, for nothing, or never.

const TIMERS = /^timer /

/** What is decided on one state is appended to another. */
const atWhateverVersion: Mutation = {
  replace: {
    module: 'timers/change-timer.ts',
    by: {
      changeTimer: (async (storage, streamId, decide) => {
        const { events } = await storage.events.load(streamId, { direction: 'backwards', limit: 1 })
        const event = await decide(events[0])
        if (event) await appendEvents(storage, streamId, [event], { expectedVersion: 'any' })
        return event
      }) satisfies typeof changeTimer,
    },
  },
  parts: ['timers'],
  symptom: TIMERS,
}

/** Timers fire before they are due. */
const early: Mutation = {
  replace: {
    module: 'timers/pending/due-timers.ts',
    by: (original) => ({
      fireDue: ((storage, clock, ...rest) => {
        const { fireDue } = original as typeof DueTimers
        return fireDue(storage, { now: () => clock.now() + 1_500 }, ...rest)
      }) satisfies typeof DueTimers.fireDue,
    }),
  },
  parts: ['timers'],
  symptom: /too early/,
}

/** A call that is late overrules what later events asked for. */
const lateCallsHold: Mutation = {
  replace: { module: 'timers/timer-events.ts', by: { isCausedLater: () => false } },
  parts: ['timers'],
  symptom: TIMERS,
}

/** A page counts as taken before its timers are in the index. */
const indexedLater: Mutation = {
  replace: {
    module: 'timers/pending/pending-index.ts',
    by: (original) => ({
      indexTimers: (async (storage, events) => {
        const { indexTimers } = original as typeof PendingIndex
        indexTimers(storage, events).catch(() => {})
        return Number.POSITIVE_INFINITY
      }) satisfies typeof PendingIndex.indexTimers,
    }),
  },
  parts: ['timers'],
  symptom: /never fired/,
}

/** A timer is fired by what the index says. */
const indexDecides: Mutation = {
  replace: {
    module: 'timers/fire-timer.ts',
    by: { fireTimer: async () => ({ kind: 'fired' }) },
  },
  parts: ['timers'],
  symptom: /never fired/,
}

/** The mutations by what they do. */
export const timersMutations: Readonly<Record<string, Mutation>> = {
  'a timer that changes at whatever version': atWhateverVersion,
  'a timer that fires early': early,
  'a timer that a late call for an earlier event changes': lateCallsHold,
  'a page that counts as taken before its timers are indexed': indexedLater,
  'a timer that counts as fired because the index says so': indexDecides,
}
