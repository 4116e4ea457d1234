import fastify, { type FastifyInstance } from 'fastify'
import { repository, type Storage } from 'tidemark'
import { ViewNotFound } from 'tidemark/errors'
import { expectedVersionOf, fastifyErrorHandler, positionOf, resultHeaders, viewETag } from 'tidemark/http'
import { addItem, cart, checkOut, type Item } from './cart/cart.ts'
import cartOverview from './worker/cart-overview.ts'

type ById = { readonly Params: { readonly id: string } }

/** The HTTP API. It has no login yet: add one before others can reach it. */
export function buildApi(storage: Storage): FastifyInstance {
  const carts = repository(storage, cart)
  const api = fastify({ bodyLimit: 100_000 })
  // Every error becomes problem details (RFC 9457); data that a schema refuses is a 400 that names the members.
  api.setErrorHandler(fastifyErrorHandler({ statuses: { CartIsCheckedOut: 409, CartIsEmpty: 409 } }))

  api.get('/health', async () => ({ status: 'ok' }))

  api.post<ById & { Body: Item }>('/carts/:id/items', async ({ params, body, headers }, reply) => {
    const result = await carts.execute(params.id, addItem(body), { expectedVersion: expectedVersionOf(headers) })
    return reply.code(201).headers(resultHeaders(result)).send(result.state)
  })

  api.post<ById>('/carts/:id/checkout', async ({ params, headers }, reply) => {
    const result = await carts.execute(params.id, checkOut, { expectedVersion: expectedVersionOf(headers) })
    return reply.headers(resultHeaders(result)).send(result.state)
  })

  // A client that sends back the `Tidemark-Position` of a write reads a view that contains it.
  api.get<ById>('/carts/:id', async ({ params, headers }, reply) => {
    const view = await storage.views.waitFor(cartOverview, params.id, positionOf(headers))
    if (view === null) throw new ViewNotFound(cartOverview.name, params.id)
    return reply.header('etag', viewETag(view)).send(view)
  })

  return api
}
