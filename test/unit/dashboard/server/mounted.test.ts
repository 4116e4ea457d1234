import { createServer, request as send } from 'node:http'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { listen } from '../../../support/http/listen.ts'
import { OPERATOR, serveForTest } from './serving.ts'

const PREFIX = '/admin/tidemark/'

/** A proxy that asks the server by another name than the browser did. */
const proxyTo = (url: string, host: string) =>
  createServer((request, response) => {
    const target = { method: request.method, headers: { ...request.headers, host } }
    const passed = send(new URL(request.url ?? '', url), target, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    request.pipe(passed)
  })

const signIn = (base: string, origin: string) =>
  fetch(`${base}api/session`, {
    method: 'POST',
    body: JSON.stringify({ token: OPERATOR }),
    headers: { 'content-type': 'application/json', origin },
  })

test('fastify passes on what it has parsed, and streams reach the browser', async () => {
  await using dashboard = await serveForTest()
  await using app = fastify({ forceCloseConnections: true })
  app.all(`${PREFIX}*`, (request, reply) => {
    reply.hijack()
    dashboard.handler(Object.assign(request.raw, { body: request.body }), reply.raw)
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const signedIn = await signIn(`${url}${PREFIX}`, url)
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers.get('set-cookie') ?? ''
  expect(cookie).toContain(`; Path=${PREFIX};`)
  const headers = { cookie: cookie.split(';')[0] ?? '' }
  expect((await fetch(`${url}${PREFIX}`, { headers })).headers.get('content-type')).toContain('text/html')
  const live = await fetch(`${url}${PREFIX}api/live?topics=alerts`, { headers })
  const { value } = (await live.body?.getReader().read()) ?? {}
  expect(new TextDecoder().decode(value)).toContain('event: hello')
})

test('a proxy may use another name if both names are allowed', async () => {
  const origin = 'https://console.example'
  for (const allowedHosts of [['backend', 'console.example'], ['backend'], []]) {
    await using dashboard = await serveForTest({ access: { host: '127.0.0.1', allowedHosts } })
    await using proxy = await listen(proxyTo(dashboard.url, 'backend:3002'))
    const response = await signIn(`${proxy.url}/`, origin)
    const { code } = (await response.json()) as { code?: string }
    const expected = [
      [403, 'HostNotAllowed'],
      [403, 'CrossOriginRequest'],
      [200, undefined],
    ]
    expect([response.status, code]).toEqual(expected[allowedHosts.length])
  }
})
