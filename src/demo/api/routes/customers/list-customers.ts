import { z } from 'zod'
import customersView from '../../../../../projections/customers.ts'
import { emailKey } from '../../../domain/customers/email.ts'
import { failures, limit, pageOf } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { shownCustomer } from '../../customers/schemas.ts'
import { waitForCustomers } from '../../customers/wait-for-customers.ts'

/** `GET /customers?email=` */
export const listCustomers: Route = (api, context) => {
  api.route({
    method: 'GET',
    url: '/customers',
    schema: {
      summary: 'Customers, of one e-mail address or all, from the view customers',
      querystring: z.object({ email: z.string().min(1).optional(), limit, after: z.string().min(1).optional() }),
      response: { 200: pageOf(shownCustomer), ...failures },
    },
    handler: async (request) => {
      await waitForCustomers(context, request)
      const { email, limit, after } = request.query
      const { items, next } = await context.storage.views.query(customersView, {
        limit,
        ...(email !== undefined && { where: { emailKey: emailKey(email) } }),
        ...(after !== undefined && { after }),
      })
      const shown = items.map(({ emailKey: _, postalCodes: __, meters, ...view }) => ({ ...view, meters: [...meters] }))
      return { items: shown, ...(next !== undefined && { next }) }
    },
  })
}
