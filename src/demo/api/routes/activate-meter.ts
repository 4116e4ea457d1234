import { z } from 'zod'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { dateSchema } from '../../domain/meters/readings.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { carryOut, writeHeaders } from '../idempotency.ts'
import { expectationOf } from '../if-match.ts'
import { answerWrite } from '../positions.ts'
import { meterParams, writeAnswer } from '../schemas.ts'

const body = z.strictObject({
  activationCode: z.string().min(1).max(100),
  registeredOn: dateSchema
    .optional()
    .describe('The day of the activation; by default that of the registration, otherwise today'),
})

/** `POST /meters/{id}/activation` */
export const activateMeter: Route = (api, { storage, meters }) => {
  api.route({
    method: 'POST',
    url: '/meters/:id/activation',
    schema: {
      summary: 'Activate a meter; a wrong code is recorded',
      params: meterParams,
      headers: writeHeaders,
      body,
      response: { 200: writeAnswer, ...failures },
    },
    handler: async (request, reply) => {
      const meterId = request.params.id
      assertMeterId(meterId)
      const expected = await expectationOf(meters, request, meterId)
      const activation = { meterId, ...request.body }
      return answerWrite(
        reply,
        await carryOut(storage, request, (options) => meters.activate(activation, { ...options, ...expected })),
      )
    },
  })
}
