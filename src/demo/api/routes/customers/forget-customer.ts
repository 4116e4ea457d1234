import { z } from 'zod'
import { POSITION_HEADER } from '../../../../http/position-header.ts'
import { assertCustomerId } from '../../../domain/customers/customer-id.ts'
import { failures } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { forgetCustomer as forget } from '../../customers/forget-customer.ts'
import { customerParams } from '../../customers/schemas.ts'
import { refusePreconditions } from '../../if-match.ts'
import { noBody } from '../../schemas.ts'

/** `POST /customers/{id}/forget` */
export const forgetCustomer: Route = (api, context) => {
  api.route({
    method: 'POST',
    url: '/customers/:id/forget',
    schema: {
      summary: 'Forget a customer; the response comes once the data cannot be read any more',
      params: customerParams,
      body: noBody,
      response: {
        200: z.object({ customerId: z.string(), forgotten: z.literal(true) }),
        ...failures,
      },
    },
    handler: async (request, reply) => {
      const customerId = request.params.id
      assertCustomerId(customerId)
      refusePreconditions(request, 'if-match', 'if-none-match')
      const position = await forget(context, customerId)
      if (position !== null) reply.header(POSITION_HEADER, position)
      return { customerId, forgotten: true as const }
    },
  })
}
