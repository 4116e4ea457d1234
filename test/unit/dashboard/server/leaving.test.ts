import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { readRoute } from '../../../../src/dashboard/api/read-route.ts'
import { createSessions } from '../../../../src/dashboard/server/access/sessions.ts'
import { apiEndpoint } from '../../../../src/dashboard/server/api-endpoint.ts'
import { createHandler } from '../../../../src/dashboard/server/handler.ts'
import type { DashboardContext, Route } from '../../../../src/dashboard/server/route.ts'
import { LOOPBACK_ONLY } from '../../../../src/process/http/access.ts'
import { listen } from '../../../support/http/listen.ts'

/** What is logged when a client sends a part of its request and leaves while that is being served. */
async function logged(route: Route, text: string, ready: Promise<unknown>): Promise<readonly unknown[]> {
  const errors: unknown[] = []
  const handle = createHandler({
    access: LOOPBACK_ONLY,
    authorization: { sessions: createSessions(Date, () => {}), check: () => 'operator', readOnly: false },
    endpoints: [apiEndpoint(route, Promise.resolve({} as DashboardContext))],
    assets: () => undefined,
    onError: (error) => errors.push(error),
  })
  const server = createServer(handle)
  await using listening = await listen(server)
  const { host, port } = new URL(listening.url)
  const client = connect(Number(port), '127.0.0.1')
  client.write(text.replace('\r\n', `\r\nHost: ${host}\r\nAuthorization: Bearer token\r\n`))
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  await ready
  const closed = once(response, 'close')
  client.destroy()
  await closed
  await new Promise((resolve) => setTimeout(resolve))
  return errors
}

test('a client that leaves while it is served is no error of the server', async () => {
  const begun = Promise.withResolvers<void>()
  const route = readRoute('slow', async ({ signal }) => {
    begun.resolve()
    await once(signal, 'abort')
    signal.throwIfAborted()
  })
  expect(await logged(route, 'GET /api/slow HTTP/1.1\r\n\r\n', begun.promise)).toEqual([])
})

test('a failure of a route is one, whether or not its client has left', async () => {
  const begun = Promise.withResolvers<void>()
  const failure = new Error('broken')
  const route = readRoute('slow', async ({ signal }) => {
    begun.resolve()
    await once(signal, 'abort')
    throw failure
  })
  expect(await logged(route, 'GET /api/slow HTTP/1.1\r\n\r\n', begun.promise)).toEqual([failure])
})

test('a client that leaves in the middle of a body is no error of the server', async () => {
  const route: Route = { method: 'POST', path: 'act', role: 'operator', handle: async () => ({}) }
  const json = 'Content-Type: application/json\r\nContent-Length: 100'
  expect(await logged(route, `POST /api/act HTTP/1.1\r\n${json}\r\n\r\n{"half`, Promise.resolve())).toEqual([])
})
