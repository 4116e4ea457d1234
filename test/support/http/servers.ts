import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { fastifyErrorHandler } from '../../../src/http/fastify.ts'
import type { ProblemOptions } from '../../../src/http/problems/problem-of.ts'
import { requestListener } from '../../../src/http/request-listener.ts'
import type { RequestLike, ResponseLike } from '../../../src/http/streams/event-streams.ts'

/** A server of a test, on a port of its own. */
export type TestServer = {
  readonly url: string
  readonly server: Server
  /** What the server logged of its own failures. */
  readonly logged: unknown[]
  /** Ends it as its framework does; resolves when every connection is closed. */
  close(): Promise<unknown>
}

/** How a handler of a test is served. */
export type Serve = (
  handler: (request: RequestLike, response: ResponseLike) => unknown,
  options?: ProblemOptions & { readonly preClose?: () => void; readonly port?: number },
) => Promise<TestServer>

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const overNode: Serve = async (handler, { preClose = () => {}, port = 0, ...options } = {}) => {
  const logged: unknown[] = []
  const server = createServer(requestListener(handler, { ...options, onError: (error) => logged.push(error) }))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    preClose()
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  return { url: addressOf(server), server, logged, close }
}

const overFastify: Serve = async (handler, { preClose = () => {}, port = 0, ...options } = {}) => {
  const logged: unknown[] = []
  const api = fastify()
  api.setErrorHandler(fastifyErrorHandler(options))
  api.addHook('preClose', async () => preClose())
  api.addHook('onRequest', async (request) => {
    request.log.error = ((error: unknown) => logged.push(error)) as typeof request.log.error
  })
  api.addHook('onRequest', async (_, reply) => {
    reply.header('x-set-by-a-hook', 'yes')
  })
  api.all('/*', async (request, reply) => (await handler(request, reply)) ?? reply)
  const url = await api.listen({ port, host: '127.0.0.1' })
  return { url, server: api.server, logged, close: () => api.close() }
}

/** The servers that the library serves. */
export const SERVERS: readonly (readonly [name: string, serve: Serve])[] = [
  ['node:http', overNode],
  ['fastify', overFastify],
]

/** How many connections a server has. */
export const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
