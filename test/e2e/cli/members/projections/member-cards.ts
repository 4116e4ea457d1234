import { defineProjection } from '../../../../../src/projections/define-projection.ts'
import { memberEvents } from '../events.ts'

/** Its views are sealed. */
export default defineProjection('member-cards', {
  events: memberEvents,
  key: ({ data }) => data.memberId,
  initial: (memberId) => ({ memberId, name: '' }),
  on: { Registered: (view, { data }) => ({ ...view, name: data.name }) },
  personal: { of: ({ memberId }) => memberId, fields: { name: '(forgotten)' } },
})
