import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { routes } from '../../../../src/dashboard/api/index.ts'
import { listen } from '../../../support/http/listen.ts'
import { sendRaw, statusesOf } from '../../../support/raw-http.ts'
import { OPERATOR, serveForTest, VIEWER } from './serving.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"

const pathOf = (path: string) => `/api/${path.replaceAll(/:\w+/g, '1')}`

test('every response has the security headers, and none lets another origin read it', async () => {
  await using dashboard = await serveForTest()
  for (const path of ['/', '/api/session', '/nothing', '/api/nothing', '/%']) {
    const { headers } = await dashboard.get(path)
    expect(headers.get('content-security-policy')).toBe(POLICY)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('a name that is not the server’s own is refused, so that no page can make its name resolve to it', async () => {
  await using dashboard = await serveForTest()
  for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '']) {
    const answer = await sendRaw(
      dashboard.url,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${OPERATOR}\r\nConnection: close\r\n\r\n`,
    )
    expect(statusesOf(answer)).toEqual([403])
    expect(answer).toContain('HostNotAllowed')
  }
})

test('nothing but the pages and signing in is served to a client without a session', async () => {
  await using dashboard = await serveForTest()
  for (const path of ['session', 'live?topics=overview', 'snapshot?topics=overview'])
    expect((await dashboard.get(`/api/${path}`)).status).toBe(401)
  for (const { method, path } of routes) {
    const send = () => (method === 'GET' ? dashboard.get(pathOf(path)) : dashboard.post(pathOf(path), {}))
    expect([path, (await send()).status]).toEqual([path, 401])
  }
  expect((await dashboard.get('/')).status).toBe(200)
})

test('a viewer may post to no route, and no one may on a dashboard that is read-only', async () => {
  for (const readOnly of [false, true]) {
    await using dashboard = await serveForTest({ readOnly })
    const cookie = await dashboard.signIn(readOnly ? OPERATOR : VIEWER)
    for (const { method, path } of routes) {
      if (method !== 'POST') continue
      const response = await dashboard.post(pathOf(path), { dryRun: true }, { cookie })
      expect([path, response.status]).toEqual([path, 403])
      expect(await response.json()).toMatchObject({ code: readOnly ? 'DashboardReadOnly' : 'Forbidden' })
    }
  }
})

test('routes that a viewer may not read are refused', async () => {
  await using dashboard = await serveForTest()
  const cookie = await dashboard.signIn(VIEWER)
  for (const { method, path, role } of routes) {
    if (method !== 'GET' || role !== 'operator') continue
    expect([path, (await dashboard.get(pathOf(path), { cookie })).status]).toEqual([path, 403])
  }
})

const foreign = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
]

test.each(foreign)('a request of another page, with %j, is refused even with a session', async (headers) => {
  await using dashboard = await serveForTest()
  const cookie = await dashboard.signIn()
  const posted = await dashboard.post('/api/session/end', {}, { cookie, ...headers })
  const read = await dashboard.get('/api/session', { cookie, ...headers })
  expect([posted.status, read.status]).toEqual([403, 403])
  expect(await posted.json()).toMatchObject({ code: 'CrossOriginRequest' })
  expect((await dashboard.get('/api/session', { cookie })).status).toBe(200)
})

test('a post that does not say which page sent it is refused', async () => {
  await using dashboard = await serveForTest()
  const send = (headers: Record<string, string>) =>
    fetch(`${dashboard.url}/api/session`, { method: 'POST', body: JSON.stringify({ token: OPERATOR }), headers })
  const json = { 'content-type': 'application/json' }
  expect((await send(json)).status).toBe(403)
  expect((await send({ ...json, 'sec-fetch-site': 'none' })).status).toBe(403)
  expect((await send({ ...json, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
})

test.each([
  ['text/plain', '{}', 415, 'UnsupportedMediaType'],
  ['application/x-www-form-urlencoded', 'token=1', 415, 'UnsupportedMediaType'],
  ['application/json', '{', 400, 'InvalidRequest'],
  ['application/json', '[]', 400, 'InvalidRequest'],
  ['application/json', '"text"', 400, 'InvalidRequest'],
  ['application/json', `{"token":"${'x'.repeat(65_536)}"}`, 413, 'BodyTooLarge'],
])('a body of type %s is refused unless it is a JSON object of 64 kB at most', async (type, body, status, code) => {
  await using dashboard = await serveForTest()
  const response = await dashboard.post('/api/session', body, { 'content-type': type })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code })
})

test('a body without a length is not read further than 64 kB', async () => {
  await using dashboard = await serveForTest()
  const chunk = 'x'.repeat(30_000)
  const head = `POST /api/session HTTP/1.1\r\nHost: ${new URL(dashboard.url).host}\r\nOrigin: ${dashboard.url}\r\n`
  const body = Array.from({ length: 3 }, () => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
  const answer = await sendRaw(
    dashboard.url,
    `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
  )
  expect(statusesOf(answer)).toEqual([413])
})

test('an unknown path is not found, and another method is not allowed', async () => {
  await using dashboard = await serveForTest()
  const cookie = await dashboard.signIn()
  for (const path of ['/nothing', '/api/nothing', '/api/', '/api', '/../package.json', '/ui/../../index.ts'])
    expect([path, statusesOf(await rawGet(dashboard.url, path))]).toEqual([path, [404]])
  const wrong = await dashboard.get('/api/session/end', { cookie })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
  const deleted = await fetch(`${dashboard.url}/`, { method: 'DELETE' })
  expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

const rawGet = (url: string, path: string) =>
  sendRaw(url, `GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: close\r\n\r\n`)

test('more requests on one connection than a browser sends at once are refused', async () => {
  await using dashboard = await serveForTest()
  const one = `GET /api/session HTTP/1.1\r\nHost: ${new URL(dashboard.url).host}\r\n\r\n`
  const answer = await sendRaw(dashboard.url, one.repeat(20))
  expect(statusesOf(answer)).toContain(429)
})

test('the dashboard works under a path of another server, which may be one that removes the path', async () => {
  await using dashboard = await serveForTest()
  for (const strips of [false, true]) {
    const outer = createServer((request, response) => {
      if (!strips) return dashboard.handler(request, response)
      const originalUrl = request.url
      request.url = request.url?.replace(/^\/ops/, '')
      dashboard.handler(Object.assign(request, { originalUrl }), response)
    })
    await using server = await listen(outer)
    const page = await fetch(`${server.url}/ops/`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).not.toMatch(/(?:src|href)="(?:\/|https?:)/)
    const signedIn = await fetch(`${server.url}/ops/api/session`, {
      method: 'POST',
      body: JSON.stringify({ token: OPERATOR }),
      headers: { 'content-type': 'application/json', origin: server.url },
    })
    expect(signedIn.headers.get('set-cookie')).toContain('; Path=/ops/;')
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await fetch(`${server.url}/ops/api/session`, { headers: { cookie } })).status).toBe(200)
    expect((await fetch(`${server.url}/ops/api/snapshot?topics=storage`, { headers: { cookie } })).status).toBe(200)
  }
})

test('a body that a framework has parsed is taken as it is', async () => {
  await using dashboard = await serveForTest()
  const outer = createServer(async (request, response) => {
    request.resume()
    await once(request, 'end')
    dashboard.handler(Object.assign(request, { body: { token: OPERATOR } }), response)
  })
  await using server = await listen(outer)
  const headers = { 'content-type': 'application/json', origin: server.url }
  const response = await fetch(`${server.url}/api/session`, { method: 'POST', body: '{"token":"x"}', headers })
  expect(response.status).toBe(200)
})

test('a body that was read by others and is not there is a clear error', async () => {
  await using dashboard = await serveForTest()
  const outer = createServer(async (request, response) => {
    request.resume()
    await once(request, 'end')
    dashboard.handler(request, response)
  })
  await using server = await listen(outer)
  const headers = { 'content-type': 'application/json', origin: server.url }
  const response = await fetch(`${server.url}/api/session`, { method: 'POST', body: '{"token":"x"}', headers })
  expect([response.status, await response.json()]).toMatchObject([
    500,
    { code: 'BodyConsumed', detail: expect.stringContaining('mount the dashboard before what parses bodies') },
  ])
})
