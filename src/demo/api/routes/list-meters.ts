import { z } from 'zod'
import meterOverview from '../../../../projections/meter-overview.ts'
import { failures, limit, pageOf } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { waitForCustomers } from '../customers/wait-for-customers.ts'
import { metersAt } from '../meters/meters-at.ts'
import { shownMeter } from '../meters/shown-meter.ts'
import { waitForMeters } from '../positions.ts'

const item = z.object({
  meterId: z.string(),
  customerId: z.string().optional(),
  postalCode: z.string(),
  houseNumber: z.string(),
  status: z.enum(['registered', 'active', 'expired', 'deregistered']),
  activationReminded: z.boolean(),
  failedActivationAttempts: z.int(),
  latestReadingDate: z.string().nullable(),
})

/** `GET /meters?postalCode=` */
export const listMeters: Route = (api, context) => {
  api.route({
    method: 'GET',
    url: '/meters',
    schema: {
      summary: 'Meters, of one postal code or all, from the views meter-overview and customers',
      querystring: z.object({ postalCode: z.string().min(1).optional(), limit, after: z.string().min(1).optional() }),
      response: { 200: pageOf(item), ...failures },
    },
    handler: async (request) => {
      await waitForMeters(context, request, meterOverview)
      const { postalCode, limit, after } = request.query
      if (postalCode !== undefined) {
        await waitForCustomers(context, request)
        const { items, next } = await metersAt(context.storage, postalCode, { limit, after })
        return { items: [...items], ...(next !== undefined && { next }) }
      }
      const { items, next } = await context.storage.views.query(meterOverview, {
        limit,
        ...(after !== undefined && { after }),
      })
      return { items: items.map(shownMeter), ...(next !== undefined && { next }) }
    },
  })
}
