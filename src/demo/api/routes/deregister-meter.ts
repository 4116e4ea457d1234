import { z } from 'zod'
import type { CommandOptions } from '../../domain/command.ts'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { carryOut, writeHeaders } from '../idempotency.ts'
import { expectationOf } from '../if-match.ts'
import { answerWrite } from '../positions.ts'
import { meterParams, noBody } from '../schemas.ts'

/** `DELETE /meters/{id}` */
export const deregisterMeter: Route = (api, { storage, meters }) => {
  api.route({
    method: 'DELETE',
    url: '/meters/:id',
    schema: {
      summary: 'Deregister a meter; its id can never be used again',
      params: meterParams,
      headers: writeHeaders,
      body: noBody,
      response: { 204: z.undefined().describe('Done'), ...failures },
    },
    handler: async (request, reply) => {
      const meterId = request.params.id
      assertMeterId(meterId)
      const expected = await expectationOf(meters, request, meterId)
      const deregister = (options: CommandOptions) => meters.deregister(meterId, { ...options, ...expected })
      answerWrite(reply, await carryOut(storage, request, deregister))
      return reply.code(204).send()
    },
  })
}
