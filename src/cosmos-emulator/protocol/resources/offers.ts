import { badRequest } from '../../engine/errors.ts'
import type { Offer } from '../../engine/offers.ts'
import { jsonBody } from '../body.ts'
import type { Context } from '../context.ts'
import { isQuery, list, query } from '../lists.ts'
import type { Answer } from '../message.ts'
import type { Routes } from '../routes.ts'

/** The throughput of containers and databases. */
export const offerRoutes: Routes = {
  'GET offers': ({ account }) => list('Offers', '', account.offers.list()),
  'POST offers'(context) {
    if (isQuery(context)) return query(context, 'Offers', '', context.account.offers.list())
    throw badRequest('An offer is created with its container or database.')
  },
  'GET offers/*': (context, id = '') => answer(context, context.account.offers.get(id)),
  'PUT offers/*': (context, id = '') => answer(context, context.account.replaceOffer(id, jsonBody(context.request))),
}

function answer({ account, reply }: Context, offer: Offer): Answer {
  if (account.isScaling(offer.id)) reply.headers['x-ms-offer-replace-pending'] = 'true'
  return { status: 200, body: offer }
}
