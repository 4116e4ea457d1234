import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { carryOut, writeHeaders } from '../idempotency.ts'
import { expectationOf } from '../if-match.ts'
import { readingsBody } from '../meters/reading-bodies.ts'
import { answerWrite } from '../positions.ts'
import { meterParams, writeAnswer } from '../schemas.ts'

/** `POST /meters/{id}/readings` */
export const collectReadings: Route = (api, { storage, meters }) => {
  api.route({
    method: 'POST',
    url: '/meters/:id/readings',
    schema: {
      summary: "Send a day's readings; sending the same ones again returns the version of the first",
      params: meterParams,
      headers: writeHeaders,
      body: readingsBody,
      response: { 201: writeAnswer, ...failures },
    },
    handler: async (request, reply) => {
      const meterId = request.params.id
      assertMeterId(meterId)
      const expected = await expectationOf(meters, request, meterId)
      const day = { meterId, ...request.body }
      reply.code(201)
      return answerWrite(
        reply,
        await carryOut(storage, request, (options) => meters.collect(day, { ...options, ...expected })),
      )
    },
  })
}
