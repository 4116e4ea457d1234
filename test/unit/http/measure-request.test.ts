import { createServer, type RequestListener, request as send } from 'node:http'
import { expect, it } from 'vitest'
import type { Attributes } from '../../../src/core/telemetry/telemetry.ts'
import { telemetrySink } from '../../../src/core/telemetry/telemetry-sink.ts'
import { measureRequest } from '../../../src/http/measure-request.ts'
import { listen } from '../../support/http/listen.ts'

/** Sends a request to a server that measures its requests, and returns what was measured once its response is closed. */
async function measured(method: string, respond: RequestListener, route?: string): Promise<readonly Attributes[]> {
  const { telemetry, collect } = telemetrySink()
  const closed = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    measureRequest(telemetry, request, response, () => route)
    response.once('close', closed.resolve)
    respond(request, response)
  })
  await using listening = await listen(server)
  const request = send(`${listening.url}/meters/secret`, { method }, (response) => response.resume())
  request.on('error', () => {})
  request.end()
  await closed.promise
  return (await collect()).timers.map(({ attributes }) => attributes)
}

const of = { 'http.request.method': 'GET', 'url.scheme': 'http' }

it('a request is measured by method, template and status', async () => {
  expect(await measured('GET', (_, response) => response.writeHead(404).end(), '/meters/:id')).toEqual([
    { ...of, 'http.route': '/meters/:id', 'http.response.status_code': 404 },
  ])
})

it('a failure of the server is an error by its status', async () => {
  expect(await measured('GET', (_, response) => response.writeHead(503).end())).toEqual([
    { ...of, 'http.response.status_code': 503, 'error.type': '503' },
  ])
})

it('what no server knows as a method is not a series of its own', async () => {
  expect(await measured('PURGE', (_, response) => response.end())).toEqual([
    { ...of, 'http.request.method': '_OTHER', 'http.response.status_code': 200 },
  ])
})

it('a request whose client leaves before the response has no status', async () => {
  expect(await measured('GET', ({ socket }) => socket.destroy())).toEqual([of])
})

it('a stream of events is not measured', async () => {
  const events = { 'content-type': 'text/event-stream; charset=utf-8' }
  expect(await measured('GET', (_, response) => response.setHeaders(new Map(Object.entries(events))).end())).toEqual([])
  const gated: RequestListener = (_, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.writeHead(200, events).end()
  }
  expect(await measured('GET', gated)).toEqual([])
})
