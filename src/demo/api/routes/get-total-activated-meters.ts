import { z } from 'zod'
import totalActivated, { TOTAL } from '../../../../projections/total-activated-meters.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { readView } from '../positions.ts'

/** `GET /views/total-activated-meters` */
export const getTotalActivatedMeters: Route = (api, context) => {
  api.route({
    method: 'GET',
    url: '/views/total-activated-meters',
    schema: {
      summary: 'How many meters were ever activated',
      response: { 200: z.object({ count: z.int() }), ...failures },
    },
    handler: async (request) => (await readView(context, request, totalActivated, TOTAL)) ?? { count: 0 },
  })
}
