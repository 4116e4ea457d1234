import { Agent, get } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { sendRaw, statusesOf } from '../../../support/raw-http.ts'
import { openDemo, registration } from '../support.ts'

type Demo = Awaited<ReturnType<typeof openDemo>>

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** The API on a port, for what cannot be injected. */
async function listening(demo: Demo): Promise<string> {
  closing.push(() => demo.api.close())
  return demo.api.listen({ host: '127.0.0.1', port: 0 })
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

describe('a page of another site', () => {
  it.each([
    ['by a name that it lets point here', { host: 'evil.example:3000' }, 'HostNotAllowed'],
    ['from its own origin', { origin: 'http://evil.example' }, 'CrossOriginRequest'],
    ['by a plain request', { 'sec-fetch-site': 'cross-site' }, 'CrossOriginRequest'],
  ])('reads and changes nothing %s', async (_, headers, code) => {
    const demo = await openDemo({ projecting: false })
    await demo.activeMeter('m')
    const before = await demo.countEvents()
    const refused = { status: 403, body: { status: 403, code } }
    for (const url of ['/meters', '/meters/m', '/meters/m/events', '/views/total-activated-meters', '/docs', '/none']) {
      expect(await demo.get(url, headers), url).toMatchObject(refused)
    }
    expect(await demo.post('/meters', registration('n'), headers)).toMatchObject(refused)
    expect(await demo.post('/meters/m/years/2026/close', undefined, headers)).toMatchObject(refused)
    expect(await demo.send('DELETE', '/meters/m', undefined, headers)).toMatchObject(refused)
    expect(await demo.countEvents()).toBe(before)
  })

  it('cannot close books, deregister or write with what a form or a plain fetch sends', async () => {
    const demo = await openDemo({ projecting: false })
    await demo.activeMeter('m')
    const before = await demo.countEvents()
    const types = [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']
    for (const type of [...types, 'text/plain;application/json', 'application/jsonp']) {
      for (const [method, url, payload] of [
        ['POST', '/meters', JSON.stringify(registration('n'))],
        ['POST', '/meters/m/years/2026/close', undefined],
        ['POST', '/meters/m/years/2026/close', '{}'],
        ['DELETE', '/meters/m', undefined],
      ] as const) {
        const headers = type === undefined ? { origin: 'http://localhost:80' } : { 'content-type': type }
        const answer = await demo.api.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
        expect(answer.statusCode, `${method} ${url} ${type}`).toBe(415)
        expect(answer.json()).toMatchObject({ code: 'UnsupportedMediaType' })
      }
    }
    expect(await demo.countEvents()).toBe(before)
  })
})

it('takes a write without a body from a program, and from a page by its media type or idempotency key only', async () => {
  const demo = await openDemo({ projecting: false })
  await demo.activeMeter('m')
  const close = { method: 'POST', url: '/meters/m/years/2026/close' } as const
  const page = { 'sec-fetch-site': 'same-origin' }
  expect((await demo.api.inject({ ...close, headers: page })).statusCode).toBe(415)
  expect((await demo.api.inject({ ...close, url: '/meters/m/years/2025/close' })).statusCode).toBe(409)
  expect((await demo.api.inject({ ...close, headers: { 'idempotency-key': 'k' } })).statusCode).toBe(200)
  const json = { 'content-type': 'application/json; charset=utf-8' }
  const remove = { method: 'DELETE', url: '/meters/m' } as const
  expect((await demo.api.inject({ ...remove, headers: json, payload: '{}' })).statusCode).toBe(204)
})

it('takes a body for JSON only when it says that it is', async () => {
  const demo = await openDemo({ projecting: false })
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const headers = { 'content-type': type, 'idempotency-key': 'k' }
    expect(await demo.post('/meters', registration('m'), headers)).toMatchObject({
      status: 415,
      body: { code: 'UnsupportedMediaType' },
    })
  }
})

it('takes no body where the path says everything', async () => {
  const demo = await openDemo({ projecting: false })
  await demo.activeMeter('m')
  for (const body of [{ a: 1 }, [], 'text', 7, true]) {
    const answer = await demo.send('DELETE', '/meters/m', JSON.stringify(body))
    expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { code: 'InvalidRequest' } })
  }
  expect((await demo.get('/meters/m')).body.status).toBe('active')
})

it('answers its own pages, and by the names that it was given', async () => {
  const demo = await openDemo({ projecting: false, allowedHosts: ['meters.example'] })
  expect((await demo.get('/meters', { host: 'meters.example', origin: 'https://meters.example' })).status).toBe(200)
  expect((await demo.get('/meters', { host: '[::1]:3000', origin: 'http://[::1]:3000' })).status).toBe(200)
  expect((await demo.get('/meters', { host: 'other.example' })).status).toBe(403)
})

it('says in every answer what a browser may do with it', async () => {
  const demo = await openDemo({ projecting: false })
  const urls = ['/meters', '/meters/nobody', '/none', '/meters/%E0%A4%A', '/docs/json', '/docs/static/none', '/health']
  for (const url of urls) {
    const { headers } = await demo.get(url)
    expect(headers, url).toMatchObject(HEADERS)
    if (!url.startsWith('/docs')) expect(headers['content-security-policy']).toMatch(/^default-src 'none';/)
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
  expect((await demo.get('/meters', { host: 'evil.example' })).headers).toMatchObject(HEADERS)
  for (const url of ['/docs', '/docs/static/swagger-ui-bundle.js', '/docs/static/index.css']) {
    const { status, headers } = await demo.get(url)
    expect([status, headers]).toMatchObject([200, HEADERS])
    // Its own scripts and nothing else: none in the page itself.
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self';.*frame-ancestors 'none'/)
  }
  expect((await demo.get('/docs')).body).not.toMatch(/<script>|<script [^>]*src="https?:|onload=/)
})

it('answers what is no HTTP with a problem, too', { timeout: 30_000 }, async () => {
  const demo = await openDemo({ projecting: false })
  const url = await listening(demo)
  for (const [request, status, code] of [
    ['nonsense\r\n\r\n', 400, 'InvalidRequest'],
    ['GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n', 400, 'InvalidRequest'],
    ['POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n', 400, 'InvalidRequest'],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HeadersTooLarge'],
    ['GET / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n', 417, 'UnknownExpectation'],
    ['GET / HTTP/1.1\r\nHost: localhost\r\n', 408, 'RequestTimeout'],
  ] as const) {
    const [head = '', body = ''] = (await sendRaw(url, request)).split('\r\n\r\n')
    expect(head).toContain(`HTTP/1.1 ${status} `)
    expect(head).toContain('content-type: application/problem+json')
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff')
    expect(JSON.parse(body)).toMatchObject({ type: `urn:tidemark:error:${code}`, status, code })
  }
})

it('begins with few requests of a connection that sends without waiting, and ends it', async () => {
  const demo = await openDemo({ projecting: false })
  const url = await listening(demo)
  let running = 0
  let most = 0
  const { query } = demo.storage.views
  demo.storage.views.query = async (...args) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running--
    return query(...args)
  }
  const one = 'GET /meters HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const statuses = statusesOf(await sendRaw(url, one.repeat(500)))
  expect(most).toBe(4)
  expect(statuses).toEqual([200, 200, 200, 200, 429])
})

it('answers every request of a client that asks on and on, over a new connection now and then', async () => {
  const demo = await openDemo({ projecting: false })
  const url = await listening(demo)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number | undefined>()
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = get(`${url}/health`, { agent }, (answer) => {
        ports.add(answer.socket.localPort)
        answer.resume().on('end', () => resolve(answer.statusCode))
      })
      asked.on('error', reject)
    })
  for (let i = 0; i < 1_001; i++) expect(await ask()).toBe(200)
  agent.destroy()
  expect(ports.size).toBe(2)
})

it('bounds connections, headers and the time that they take', async () => {
  const { api } = await openDemo({ projecting: false })
  expect(api.server).toMatchObject({ headersTimeout: 5_000, requestTimeout: 30_000, maxConnections: 800 })
  expect(api.server).toMatchObject({ keepAliveTimeout: 5_000, maxRequestsPerSocket: 1_000 })
})
