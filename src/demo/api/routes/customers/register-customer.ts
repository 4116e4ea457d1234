import { customerSchema } from '../../../domain/customers/events.ts'
import { failures } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { customerAnswer } from '../../customers/schemas.ts'
import { carryOut, writeHeaders } from '../../idempotency.ts'
import { refusePreconditions } from '../../if-match.ts'
import { answerWrite } from '../../positions.ts'

/** `POST /customers` */
export const registerCustomer: Route = (api, { storage, customers }) => {
  api.route({
    method: 'POST',
    url: '/customers',
    schema: {
      summary: 'Register a customer; no two have the same e-mail address, whatever its case',
      headers: writeHeaders,
      body: customerSchema,
      response: { 201: customerAnswer, ...failures },
    },
    handler: async (request, reply) => {
      refusePreconditions(request, 'if-match')
      const { customerId, ...personal } = request.body
      const write = await carryOut(storage, request, (options) => customers.register(request.body, options), {
        customerId,
        personal,
        others: { customerId },
      })
      reply.code(201).header('location', `/customers/${encodeURIComponent(customerId)}`)
      const body = answerWrite(reply, write)
      // A customer is shown with the meters, and changes without a new version when forgotten: no version names that.
      reply.removeHeader('etag')
      return body
    },
  })
}
