import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openDemo, readingsOf, registration } from '../support.ts'

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 }), fc.constant('m'))
const value = fc.oneof(
  fc.jsonValue(),
  text,
  fc.double(),
  fc.constant('2026-11-20'),
  fc.constant('2026-11-20T00:00:00Z'),
)

const CUSTOMER = { customerId: 'c', name: 'Ada', email: 'ada@example.org', address: 'Here' }

/** A good body with some members replaced, left out or added, or any JSON at all. */
const spoilt = (good: object) =>
  fc.oneof(
    fc.jsonValue(),
    fc
      .tuple(fc.subarray(Object.entries(good)), fc.dictionary(fc.constantFrom(...Object.keys(good), 'extra'), value))
      .map(([kept, others]) => ({ ...Object.fromEntries(kept), ...others })),
  )

/** Values of a header, mostly the good one. */
const hostile = (good: string, ...bad: readonly string[]) =>
  fc.oneof(
    { weight: 16, arbitrary: fc.constant(good) },
    { weight: 1, arbitrary: fc.constantFrom(...bad) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  )

const body = fc.oneof(
  spoilt({ ...registration('m'), registeredOn: '2026-11-20' }),
  spoilt({ activationCode: '542-484' }),
  spoilt(readingsOf('2026-11-20')),
  spoilt(CUSTOMER),
  spoilt({ ...registration('m'), customerId: 'c' }),
  fc.constantFrom('%PDF-', 'PDF', ''),
  spoilt(readingsOf('2026-11-20').readings[0] as object).map((reading) => ({
    date: '2026-11-20',
    readings: [reading],
  })),
)

it('answers whatever is sent with less than 500, and what it refuses with a problem', { timeout: 60_000 }, async () => {
  const demo = await openDemo({ projecting: false })
  await demo.activeMeter('m')
  await demo.post('/customers', { ...CUSTOMER, customerId: 'm', email: 'm@example.org' })
  const paths = fc.constantFrom('', '/activation', '/readings', '/years/2026/close', '/events')
  const headers = fc.record(
    {
      'idempotency-key': fc.string({ maxLength: 10 }),
      'x-request-id': fc.string({ maxLength: 10 }),
      'if-match': hostile('"2026:2"', '*', '"2026:1"', 'W/"2026:2"', '"2026:2', '"2026:2",', '"x"'),
      'if-none-match': hostile('"2026:1"', '*', '"', 'W/'),
      'tidemark-position': fc.base64String({ maxLength: 40 }),
      host: hostile('localhost', 'evil.example', '[::1]:3000', '127.0.0.1:x', '['),
      origin: hostile('http://localhost', 'http://evil.example', 'null', 'http://['),
      'sec-fetch-site': hostile('same-origin', 'cross-site'),
      'content-type': hostile('application/json', 'application/pdf', 'text/plain', 'application/json;charset=x', '/'),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET' as const, 'POST' as const, 'PUT' as const, 'DELETE' as const),
      fc.oneof(
        fc.tuple(text, paths).map(([id, path]) => `/meters/${encodeURIComponent(id.toWellFormed())}${path}`),
        text.map((query) => `/meters?postalCode=x&after=${encodeURIComponent(query.toWellFormed())}`),
        fc.constant('/meters'),
        fc.constant('/customers'),
        text.map((id) => `/customers/${encodeURIComponent(id.toWellFormed())}`),
        text.map((id) => `/customers/${encodeURIComponent(id.toWellFormed())}/contract`),
        text.map((query) => `/customers?email=${encodeURIComponent(query.toWellFormed())}`),
        text.map((query) => `/meters?postalCode=x&after=c${encodeURIComponent(query.toWellFormed())}`),
        text.map((week) => `/views/daily-totals/m/${encodeURIComponent(week.toWellFormed())}`),
      ),
      body,
      headers,
      async (method, url, body, headers) => {
        const answer = await demo.send(method, url, method === 'GET' ? undefined : body, headers)
        expect(answer.status, `${method} ${url} ${JSON.stringify(body)}`).toBeLessThan(500)
        expect(answer.headers['x-content-type-options']).toBe('nosniff')
        if (answer.status < 400) return
        expect(answer.headers['content-type']).toBe('application/problem+json')
        expect(answer.body).toMatchObject({ status: answer.status, code: expect.stringMatching(/^[A-Z]\w+$/) })
      },
    ),
    { numRuns: 2_000 },
  )
})

it('takes a body that is nested past all reason for what it is', async () => {
  const demo = await openDemo({ projecting: false })
  for (const body of ['['.repeat(50_000) + ']'.repeat(50_000), `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`]) {
    expect((await demo.post('/meters', body)).status).toBe(400)
  }
})
