import { badRequest } from '../engine/errors.ts'
import { jsonBody } from './body.ts'
import { isQuery, list, query } from './lists.ts'
import type { Routes } from './routes.ts'

/** The throughput of containers and databases. */
export const offerRoutes: Routes = {
  'GET offers': ({ account }) => list('Offers', '', account.offers.list()),
  'POST offers'(context) {
    if (isQuery(context)) return query(context, 'Offers', '', context.account.offers.list())
    throw badRequest('An offer is created with its container or database.')
  },
  'GET offers/*': ({ account }, id = '') => ({ status: 200, body: account.offers.get(id) }),
  'PUT offers/*': ({ account, request }, id = '') => ({
    status: 200,
    body: account.replaceOffer(id, jsonBody(request)),
  }),
}
