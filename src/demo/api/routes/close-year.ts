import { assertMeterId } from '../../domain/meter-id.ts'
import type { Route } from '../api.ts'
import { commandOf, writeHeaders } from '../idempotency.ts'
import { answerWrite } from '../positions.ts'
import { failures, meterParams, writeAnswer, year } from '../schemas.ts'

/** `POST /meters/{id}/years/{year}/close` */
export const closeYear: Route = (api, { storage, meters }) => {
  api.route({
    method: 'POST',
    url: '/meters/:id/years/:year/close',
    schema: {
      summary: 'Close the books of the open year; what comes later goes into the next',
      params: meterParams.extend({ year }),
      headers: writeHeaders,
      response: { 200: writeAnswer, ...failures },
    },
    handler: async (request, reply) => {
      const { id, year } = request.params
      assertMeterId(id)
      return answerWrite(reply, await meters.closeYear(id, year, await commandOf(storage, request)))
    },
  })
}
