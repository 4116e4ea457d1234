import { z } from 'zod'
import { defineEvents } from '../../src/core/events/define-events.ts'
import { defineReaction } from '../../src/reactions/define-reaction.ts'

// Compiled, never run: each line below an @ts-expect-error must be refused.

const events = defineEvents({ Opened: z.object({ by: z.string() }), Closed: z.object({ reason: z.number() }) })

defineReaction('one-by-one', {
  events,
  unavailable: (error) => error instanceof TypeError,
  on: { Opened: ({ data }, { acknowledge, attempt }) => [data.by.trim(), acknowledge(), attempt + 1] },
})

defineReaction('in-batches', {
  events,
  batch: { most: 10 },
  handle: (batch, { keyOf, fail, attemptOf }) => {
    for (const event of batch) {
      if (event.type === 'Opened') event.data.by.trim()
      else event.data.reason.toFixed()
      if (attemptOf(event) > 1) fail(event, keyOf(event))
      // @ts-expect-error: which type it is, is not known here
      event.data.by
    }
    // @ts-expect-error: not an event of the batch
    fail('the first', new Error())
  },
})

// @ts-expect-error: events come one by one, or in batches
defineReaction('both', { events, batch: { most: 10 }, handle: () => {}, on: { Opened: () => {} } })
// @ts-expect-error: a batch needs its size
defineReaction('without-size', { events, handle: () => {} })
// @ts-expect-error: a batch needs its handler
defineReaction('without-handler', { events, batch: { most: 10 } })
// @ts-expect-error: another way to acknowledge is for single events
defineReaction('finally', { events, batch: { most: 10 }, handle: () => {}, acknowledge: 'onFinally' })
// @ts-expect-error: an event that is not in the set
defineReaction('unknown', { events, on: { Reopened: () => {} } })
