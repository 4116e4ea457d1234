import customersView from '../../../../../projections/customers.ts'
import { assertCustomerId } from '../../../domain/customers/customer-id.ts'
import { failures } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { customerParams, shownCustomer } from '../../customers/schemas.ts'
import { readView } from '../../positions.ts'

/** `GET /customers/{id}` */
export const getCustomer: Route = (api, context) => {
  api.route({
    method: 'GET',
    url: '/customers/:id',
    schema: {
      summary: 'A customer, folded from its events, with the meters from the view customers',
      params: customerParams,
      response: { 200: shownCustomer, ...failures },
    },
    handler: async (request) => {
      const { id } = request.params
      assertCustomerId(id)
      const { state } = await context.customers.find(id)
      const view = await readView(context, request, customersView, id)
      const { customerId, name, email, address, status } = state
      return { customerId, name, email, address, meters: [...(view?.meters ?? [])], forgotten: status === 'forgotten' }
    },
  })
}
