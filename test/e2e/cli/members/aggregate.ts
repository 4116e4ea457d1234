import { defineAggregate } from '../../../../src/aggregates/aggregate.ts'
import { memberEvents } from './events.ts'

/** A member whose name no other one may have. */
export const member = defineAggregate({
  category: 'member',
  events: memberEvents,
  initial: { name: '' },
  evolve: { Registered: (_, { data, redacted }) => ({ name: redacted?.includes('name') ? '' : data.name }) },
  unique: { name: ({ name }) => name.toLowerCase() },
})
