import { z } from 'zod'
import { defineEvents, defineReaction } from '../../src/index.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(proof?: T) => proof

const events = defineEvents({ Registered: z.object({ code: z.string() }), Activated: z.object({}) })

defineReaction('activation', {
  events,
  on: {
    Registered: async ({ data, streamId }, { after, cancel, commandId }) => {
      isTrue<Same<typeof data.code, string>>()
      await after(1_000, { timer: 'reminder', key: streamId, data: { code: data.code } })
      await after(new Date(), { timer: 'deadline', key: streamId })
      isTrue<Same<Awaited<ReturnType<typeof cancel>>, boolean>>()
      commandId('remind')
      // @ts-expect-error no such timer
      await after(1_000, { timer: 'remainder', key: streamId })
      // @ts-expect-error no such timer
      await cancel({ timer: 'remainder', key: streamId })
      // @ts-expect-error a key is missing
      await after(1_000, { timer: 'reminder' })
      // @ts-expect-error neither milliseconds nor a time
      await after('14 days', { timer: 'reminder', key: streamId })
      // @ts-expect-error data that are no JSON
      await after(1_000, { timer: 'reminder', key: streamId, data: { at: new Date() } })
    },
  },
  timers: {
    reminder: ({ key, data, at, firedAt }, { after }) => {
      isTrue<Same<[typeof key, typeof at, typeof firedAt], [string, string, string]>>()
      // @ts-expect-error no such timer
      after(1, { timer: 'never', key: String(data.code) })
      return after(1, { timer: 'deadline', key })
    },
    deadline: () => {},
  },
})

defineReaction('without', {
  events,
  // @ts-expect-error a timer, and the reaction has none
  on: { Registered: ({ streamId }, { after }) => after(1, { timer: 'reminder', key: streamId }) },
})

// @ts-expect-error a reaction with batches has no timers
defineReaction('batches', { events, batch: { most: 10 }, handle: () => {}, timers: { reminder: () => {} } })
