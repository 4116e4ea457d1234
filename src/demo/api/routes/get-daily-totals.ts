import { z } from 'zod'
import dailyTotals, { weekKey } from '../../../../projections/daily-totals-by-week.ts'
import { isIsoWeek } from '../../domain/calendar.ts'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { readView } from '../positions.ts'

const answer = z.object({
  meterId: z.string(),
  week: z.string(),
  days: z.record(z.string(), z.number()).describe('kWh by UTC date'),
})

/** `GET /views/daily-totals/{meter}/{isoWeek}` */
export const getDailyTotals: Route = (api, context) => {
  api.route({
    method: 'GET',
    url: '/views/daily-totals/:meter/:isoWeek',
    schema: {
      summary: 'The kWh of a meter, day by day, in one ISO week',
      params: z.object({
        meter: z.string(),
        isoWeek: z.string().refine(isIsoWeek, 'must be an ISO week such as 2026-W47'),
      }),
      response: { 200: answer, ...failures },
    },
    handler: async (request) => {
      const { meter, isoWeek } = request.params
      assertMeterId(meter)
      const view = await readView(context, request, dailyTotals, weekKey(meter, isoWeek))
      if (view !== null) return view
      // A week without readings is empty; only an unknown meter is not found.
      await context.meters.find(meter)
      return { meterId: meter, week: isoWeek, days: {} }
    },
  })
}
