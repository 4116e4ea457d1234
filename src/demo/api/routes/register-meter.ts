import type { CommandOptions } from '../../domain/command.ts'
import { registrationSchema } from '../../domain/meters/events.ts'
import type { Registration } from '../../domain/meters/register.ts'
import { failures } from '../../server/schemas.ts'
import type { Route } from '../api.ts'
import { carryOut, type PersonalContent, writeHeaders } from '../idempotency.ts'
import { refusePreconditions } from '../if-match.ts'
import { answerWrite } from '../positions.ts'
import { writeAnswer } from '../schemas.ts'

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
      const register = (options: CommandOptions) => meters.register(request.body, options)
      const write = await carryOut(storage, request, register, personalContent(request.body))
      reply.code(201).header('location', `/meters/${encodeURIComponent(write.meterId)}`)
      return answerWrite(reply, write)
    },
  })
}

function personalContent({ postalCode, houseNumber, ...others }: Registration): PersonalContent | undefined {
  const { customerId } = others
  if (customerId === undefined) return undefined
  return { customerId, personal: { postalCode, houseNumber }, others }
}
