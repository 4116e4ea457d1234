import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'

export const events = defineEvents({ Counted: z.object({ amount: z.number() }), Reset: z.object({}) })

/** One view a stream: the versions in the order in which they were folded, so that a loss or a repeat shows. */
export const versions = defineProjection('versions', {
  events,
  key: ({ streamId }) => streamId,
  initial: () => ({ folded: [] as readonly number[] }),
  on: {
    Counted: ({ folded }, { version }) => ({ folded: [...folded, version] }),
    Reset: () => null,
  },
})

/** One view that every feed range writes. */
export const totals = defineProjection('totals', {
  events,
  key: () => 'all',
  initial: () => ({ events: 0, amount: 0 }),
  on: {
    Counted: (view, { data }) => ({ events: view.events + 1, amount: view.amount + data.amount }),
    Reset: (view) => ({ ...view, events: view.events + 1 }),
  },
})
