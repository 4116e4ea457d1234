import { z } from 'zod'
import { etagOf, isNotModified } from '../../../http/etags.ts'
import { MeterNotFound } from '../../domain/errors.ts'
import { assertMeterId } from '../../domain/meters/meter-id.ts'
import { asOf, failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { meterParams } from '../schemas.ts'

const answer = z.object({
  meterId: z.string(),
  customerId: z.string().optional().describe('The customer who lives there, if one is known'),
  postalCode: z.string(),
  houseNumber: z.string(),
  status: z.enum(['registered', 'active', 'expired', 'deregistered']).describe('expired: not activated in time'),
  activationReminded: z.boolean(),
  failedActivationAttempts: z.int(),
  latestReadingDate: z.string().nullable(),
  version: z.int(),
})

/** `GET /meters/{id}[?asOf=]` */
export const getMeter: Route = (api, { meters }) => {
  api.route({
    method: 'GET',
    url: '/meters/:id',
    schema: {
      summary: 'A meter, folded from its events: includes every acknowledged write',
      params: meterParams,
      querystring: z.object({ asOf: asOf('meter').optional() }),
      response: { 200: answer, 304: z.undefined().describe('It still has the ETag of If-None-Match'), ...failures },
    },
    handler: async ({ headers, params: { id }, query: { asOf } }, reply) => {
      assertMeterId(id)
      const found = await meters.find(id, asOf)
      const { state, version } = found
      const { meterId, customerId, postalCode, houseNumber, status, latestReadingDate } = state
      const { activationReminded, failedActivationAttempts } = state
      if (status === 'unknown') throw new MeterNotFound(id)
      const etag = etagOf(found)
      reply.header('etag', etag)
      // Forgetting the customer changes what is shown, but no version: whatever a client has is not current any more.
      if (!state.addressForgotten && isNotModified(headers, etag)) return reply.code(304).send()
      const address = { ...(customerId !== null && { customerId }), postalCode, houseNumber }
      const activation = { status, activationReminded, failedActivationAttempts }
      return { meterId, ...address, ...activation, latestReadingDate, version }
    },
  })
}
