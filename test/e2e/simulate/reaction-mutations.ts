import type * as Calls from '../../../src/processor/reactions/call-handler.ts'
import type * as Destinations from '../../../src/processor/reactions/destination.ts'
import type { Pending } from '../../../src/processor/reactions/next-batch.ts'
import type * as Work from '../../../src/processor/reactions/reaction-work.ts'
import type { Mutation } from './mutations.ts'

// What a reaction must not do, done: each of these loses events, parks innocent ones, or disturbs a destination.

/** An outage counts as a failure of the event. */
const outageCounts: Mutation = {
  replace: { module: 'reactions/unavailable.ts', by: { unavailableIn: () => undefined } },
  parts: ['reactions'],
  symptom: /parked by an outage/,
}

/** Each call that meets an outage tries again by itself. */
const everyCallProbes: Mutation = {
  replace: {
    module: 'processor/reactions/destination.ts',
    by: {
      createDestination: ({
        clock,
      }: Parameters<typeof Destinations.createDestination>[0]): Destinations.Destination => ({
        async call(call, signal, report) {
          signal?.throwIfAborted()
          const result = await call()
          if (result.away === undefined) return result
          report(result.away)
          await clock.sleep(1_000, signal)
          return result
        },
        waiting: undefined,
        resumedAt: 0,
      }),
    },
  },
  parts: ['reactions'],
  symptom: /calls at once, although it knows of an outage/,
}

/** After a crash, events are handled alone, but nothing is recorded before. */
const attemptsUnrecorded: Mutation = {
  replace: {
    module: 'processor/reactions/reaction-work.ts',
    by: ({ call }) => ({
      callAlone: (work: Work.ReactionWork, attempt: Work.Attempt) => (call as typeof Work.call)(work, [attempt]),
    }),
  },
  parts: ['reactions'],
  symptom: /kills a process for the|not settled/,
}

/** After a crash, the range continues as if nothing had happened. */
const crashIgnored: Mutation = {
  replace: {
    module: 'processor/reactions/in-flight.ts',
    by: { createInFlight: () => ({ mayInclude: () => false, handled: () => {}, end: () => {} }) },
  },
  parts: ['reactions'],
  symptom: /kills a process for the|not settled/,
}

const resultOfBatches =
  (change: (calls: readonly Calls.ReactionCall[], result: Calls.CallResult<Calls.ReactionCall>) => object) =>
  ({ callerOf }: Record<string, unknown>) => ({
    callerOf: (...of: Parameters<typeof Calls.callerOf>) => {
      const caller = (callerOf as typeof Calls.callerOf)(...of)
      return {
        ...caller,
        batch: async (calls: readonly Calls.ReactionCall[]) => {
          const result = await caller.batch(calls)
          return { ...result, ...change(calls, result) }
        },
      }
    },
  })

/** Once a handler of a batch resolves, all of it is acknowledged. */
const failedMemberAcknowledged: Mutation = {
  replace: {
    module: 'processor/reactions/call-handler.ts',
    by: resultOfBatches((calls, { failed }) => (failed.length > 0 ? { done: calls, failed: [] } : {})),
  },
  parts: ['reactions'],
  symptom: /was never done/,
}

/** What follows a failed event in its stream counts as handled. */
const followersAcknowledged: Mutation = {
  replace: {
    module: 'processor/reactions/call-handler.ts',
    by: resultOfBatches((calls, { failed }) => ({
      done: calls.filter((call) => failed.every((one) => one.call !== call)),
    })),
  },
  parts: ['reactions'],
  symptom: /was never done|first after/,
}

/** A batch is filled from the events behind one that waits to be tried again. */
const orderBrokenInBatches: Mutation = {
  replace: {
    module: 'processor/reactions/next-batch.ts',
    by: {
      nextBatch: (left: readonly Pending[], now: number) => {
        const ready = left.filter(({ at }) => at <= now)
        return ready.slice(0, Math.min(...ready.map(({ most }) => most)))
      },
    },
  },
  parts: ['reactions'],
  symptom: /was never done|first after/,
}

export const reactionMutations = {
  'attempts that an outage uses up': outageCounts,
  'probes of an outage by every call': everyCallProbes,
  'attempts that are not recorded before the call after a crash': attemptsUnrecorded,
  'a crash that nothing follows from': crashIgnored,
  'a failed member of a batch that is acknowledged': failedMemberAcknowledged,
  'what follows a failed member of a batch that is acknowledged': followersAcknowledged,
  'a batch that overtakes an event of its stream': orderBrokenInBatches,
} satisfies Record<string, Mutation>
