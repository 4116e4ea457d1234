import { registrationSchema } from '../../domain/events.ts'
import type { Route } from '../api.ts'
import { carryOut, writeHeaders } from '../idempotency.ts'
import { refusePreconditions } from '../if-match.ts'
import { answerWrite } from '../positions.ts'
import { failures, writeAnswer } from '../schemas.ts'

/** `POST /meters` */
export const registerMeter: Route = (api, { storage, meters }) => {
  api.route({
    method: 'POST',
    url: '/meters',
    schema: {
      summary: 'Register a meter, today or on registeredOn',
      headers: writeHeaders,
      body: registrationSchema,
      response: { 201: writeAnswer, ...failures },
    },
    handler: async (request, reply) => {
      refusePreconditions(request, 'if-match')
      const write = await carryOut(storage, request, (options) => meters.register(request.body, options))
      reply.code(201).header('location', `/meters/${encodeURIComponent(write.meterId)}`)
      return answerWrite(reply, write)
    },
  })
}
