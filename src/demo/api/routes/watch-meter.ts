import { z } from 'zod'
import meterOverview from '../../../../projections/meter-overview.ts'
import { EVENT_STREAM } from '../../../http/streams/server-sent-events.ts'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { shownMeter } from '../meters/shown-meter.ts'
import { meterParams } from '../schemas.ts'

/** `GET /meters/{id}/changes` */
export const watchMeter: Route = (api, { storage, meters, streams }) => {
  api.route({
    method: 'GET',
    url: '/meters/:id/changes',
    schema: {
      summary: 'Server-sent events: the meter in the view meter-overview, now and each time that it changes',
      params: meterParams,
      response: {
        200: { description: 'Events named change', content: { [EVENT_STREAM]: { schema: z.string() } } },
        ...failures,
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      assertMeterId(id)
      await meters.find(id)
      await streams.serve(request, reply, storage.views.watch(meterOverview, id), (view, etag) => ({
        etag,
        meter: view && shownMeter(view),
      }))
      return reply
    },
  })
}
