import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'

export const memberEvents = defineEvents({
  Registered: {
    schema: z.object({ memberId: z.string(), name: z.string(), scan: z.string().nullable() }),
    personal: { of: ({ memberId }) => memberId, fields: { name: '(forgotten)', scan: null } },
    apart: ['scan'],
  },
})
