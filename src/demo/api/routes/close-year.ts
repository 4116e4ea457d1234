import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { carryOut, writeHeaders } from '../idempotency.ts'
import { refusePreconditions } from '../if-match.ts'
import { answerWrite } from '../positions.ts'
import { meterParams, noBody, writeAnswer, year } from '../schemas.ts'

/** `POST /meters/{id}/years/{year}/close` */
export const closeYear: Route = (api, { storage, meters }) => {
  api.route({
    method: 'POST',
    url: '/meters/:id/years/:year/close',
    schema: {
      summary: 'Close the books of the open year; later events go into the next one',
      params: meterParams.extend({ year }),
      headers: writeHeaders,
      body: noBody,
      response: { 200: writeAnswer, ...failures },
    },
    handler: async (request, reply) => {
      const { id, year } = request.params
      assertMeterId(id)
      refusePreconditions(request, 'if-match', 'if-none-match')
      const write = await carryOut(storage, request, (options) => meters.closeYear(id, year, options))
      const body = answerWrite(reply, write)
      // It would be the closed year's, and the meter now has the version that opened the next one.
      reply.removeHeader('etag')
      return body
    },
  })
}
