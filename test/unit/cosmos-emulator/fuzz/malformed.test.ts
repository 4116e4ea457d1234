import assert from 'node:assert/strict'
import { validateHeaderValue } from 'node:http'
import { CosmosClient } from '@azure/cosmos'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cosmosEmulator, type InProcessEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { type RawRequest, type RawResponse, sendRaw } from '../support/raw-requests.ts'

const DOCS = '/dbs/shop/colls/orders/docs'
const SPROCS = '/dbs/shop/colls/orders/sprocs'
const KEY = { 'x-ms-documentdb-partitionkey': '["ann"]' }
const QUERY = { 'x-ms-documentdb-isquery': 'True', 'content-type': 'application/query+json' }
const PLAN = { ...QUERY, 'x-ms-cosmos-is-query-plan-request': 'True' }
const BATCH = { ...KEY, 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-cosmos-batch-atomic': 'True' }
const BULK = { 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-documentdb-partitionkeyrangeid': '0' }
const FEED = { 'a-im': 'Incremental Feed' }
const UPSERT = { 'x-ms-documentdb-is-upsert': 'True' }

async function newEmulator(): Promise<InProcessEmulator> {
  const emulator = cosmosEmulator({ partitions: 2, seed: 1 })
  const { endpoint, key, httpClient } = emulator
  const client = new CosmosClient({ endpoint, key, httpClient })
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/customer' })
  await container.items.create({ id: '1', customer: 'ann', n: 1, list: [1, 'a', null] })
  await container.items.create({ id: '2', customer: 'bob', n: 2 })
  await container.scripts.storedProcedures.create({ id: 'echo', body: 'function (a) { __.response.setBody(a) }' })
  client.dispose()
  return emulator
}

/** What every answer is, however odd the request. */
function check({ status, headers, body }: RawResponse): void {
  expect([200, 201, 204, 207, 304, 400, 401, 404, 408, 409, 410, 412, 413, 501]).toContain(status)
  for (const [name, value] of headers) validateHeaderValue(name, value)
  assert.ok(headers.get('x-ms-activity-id'))
  assert.ok(Number.isFinite(Number(headers.get('x-ms-request-charge'))))
  if (status < 400) return
  const { code, message, additionalErrorInfo, ...rest } = JSON.parse(body)
  assert.deepEqual([typeof code, typeof message, rest], ['string', 'string', {}])
  // No trace of what the emulator itself is made of.
  assert.doesNotMatch(body, /server-api|node:|cosmos-emulator\/|\.ts:\d/)
}

const json = (value: unknown): string => JSON.stringify(value)
const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)

type Case = readonly [what: string, status: number, request: RawRequest]
const post = (path: string, headers: Record<string, string>, body: string): RawRequest => ({
  method: 'POST',
  path,
  headers,
  body,
})
const query = (text: string, parameters: unknown = [], headers = {}): RawRequest =>
  post(DOCS, { ...QUERY, ...KEY, ...headers }, json({ query: text, parameters }))
const procedure = (body: string): RawRequest => post(SPROCS, {}, json({ id: 'p', body }))

const CASES: readonly Case[] = [
  ['no JSON', 400, post(DOCS, KEY, '{"id":')],
  ['no body', 400, post(DOCS, KEY, '')],
  ...['null', '5', '"text"', 'true', '[]'].flatMap((body): Case[] => [
    [`a document ${body}`, 400, post(DOCS, KEY, body)],
    [`an upsert of ${body}`, 400, post(DOCS, { ...KEY, ...UPSERT }, body)],
    [`a replacement by ${body}`, 400, { method: 'PUT', path: `${DOCS}/1`, headers: KEY, body }],
    [`a patch ${body}`, 400, { method: 'PATCH', path: `${DOCS}/1`, headers: KEY, body }],
    [`a batch ${body}`, 400, post(DOCS, BATCH, body)],
    [`a query ${body}`, 400, post(DOCS, { ...KEY, ...QUERY }, body)],
    [`a database ${body}`, 400, post('/dbs', {}, body)],
    [`a container ${body}`, 400, post('/dbs/shop/colls', {}, body)],
    [`a stored procedure ${body}`, 400, post(SPROCS, {}, body)],
  ]),
  ['parameters of a procedure that are no array', 400, post(`${SPROCS}/echo`, KEY, '{"a":1}')],
  ['a batch of nothings', 400, post(DOCS, BATCH, '[null]')],
  ['a batch of numbers', 400, post(DOCS, BATCH, '[1]')],
  ['a batch of something else', 207, post(DOCS, BATCH, json([{ operationType: 'Explode' }]))],
  ['a batch without bodies', 207, post(DOCS, BATCH, json([{ operationType: 'Create' }]))],
  ['a batch that upserts null', 207, post(DOCS, BATCH, json([{ operationType: 'Upsert', resourceBody: null }]))],
  ['a batch that patches null', 207, post(DOCS, BATCH, json([{ operationType: 'Patch', id: '1' }]))],
  ['a bulk request of nothings', 400, post(DOCS, BULK, '[null]')],
  ['a bulk request with a partition key that is no text', 400, post(DOCS, BULK, json([{ partitionKey: 5 }]))],
  ['a patch of null', 400, { method: 'PATCH', path: `${DOCS}/1`, headers: KEY, body: '{"operations":[null]}' }],
  [
    'a patch under a condition that is no query',
    400,
    {
      method: 'PATCH',
      path: `${DOCS}/1`,
      headers: KEY,
      body: json({ condition: 5, operations: [{ op: 'set', path: '/a', value: 1 }] }),
    },
  ],
  ['an id that is a number', 400, post(DOCS, KEY, json({ id: 1, customer: 'ann' }))],
  ['an id that is empty', 400, post(DOCS, KEY, json({ id: '', customer: 'ann' }))],
  ['a document over 2 MB', 413, post(DOCS, KEY, json({ id: 'x', customer: 'ann', text: 'x'.repeat(2 ** 21) }))],
  ['a document nested too deep', 400, post(DOCS, KEY, `{"id":"x","customer":"ann","a":${nested(200)}}`)],
  ['a document nested beyond all bounds', 400, post(DOCS, KEY, `{"id":"x","customer":"ann","a":${nested(900_000)}}`)],
  ['parameters nested beyond all bounds', 400, post(`${SPROCS}/echo`, KEY, nested(900_000))],
  ['a query nested beyond all bounds', 400, query(`SELECT ${'('.repeat(300_000)}`)],
  ['a query of a long chain', 400, query(`SELECT * FROM c WHERE ${'NOT '.repeat(300_000)} true`)],
  ['a query of brackets', 400, query(`SELECT VALUE ${nested(100_000)}`)],
  ['a query of a long path', 400, query(`SELECT VALUE c${'.a'.repeat(300_000)} FROM c`)],
  [
    'the plan of a query nested beyond all bounds',
    400,
    post(DOCS, PLAN, json({ query: `SELECT ${'('.repeat(300_000)}` })),
  ],
  ['a query with a zero byte', 400, query('SELECT \u0000')],
  ['a query that is cut off', 400, query('SELECT * FROM c WHERE c.a = "')],
  ['a query with parameters that are none', 400, query('SELECT * FROM c WHERE c.a = @a', { a: 1 })],
  ['a query with a parameter null', 400, query('SELECT * FROM c WHERE c.a = @a', [null])],
  ['a regular expression that is none', 200, query('SELECT VALUE REGEXMATCH("a", "(")')],
  ['a text that would be too long', 200, query('SELECT VALUE REPLICATE("abc", 1e12)')],
  ['a text that would be endless', 200, query('SELECT VALUE REPLICATE("abc", 1e308)')],
  ['a page of a query that continues nowhere', 400, query('SELECT * FROM c', [], { 'x-ms-continuation': 'nonsense' })],
  [
    'a page of all documents that continues nowhere',
    400,
    { method: 'GET', path: DOCS, headers: { 'x-ms-continuation': '{"token":5,"range":null}' } },
  ],
  ['a continuation null', 400, { method: 'GET', path: DOCS, headers: { 'x-ms-continuation': 'null' } }],
  [
    'a continuation in an interval that is none',
    200,
    { method: 'GET', path: DOCS, headers: { 'x-ms-continuation': '{"token":null,"range":{"min":"Z","max":"A"}}' } },
  ],
  ['a feed from nowhere', 400, { method: 'GET', path: DOCS, headers: { ...FEED, ...KEY, 'if-none-match': '"x"' } }],
  [
    'a feed since never',
    400,
    { method: 'GET', path: DOCS, headers: { ...FEED, ...KEY, 'if-modified-since': 'never' } },
  ],
  ['a feed of a container with several ranges', 400, { method: 'GET', path: DOCS, headers: FEED }],
  [
    'a feed of a range that is none',
    410,
    { method: 'GET', path: DOCS, headers: { ...FEED, 'x-ms-documentdb-partitionkeyrangeid': 'x' } },
  ],
  [
    'an interval that is none',
    400,
    { method: 'GET', path: DOCS, headers: { ...FEED, 'x-ms-start-epk': 'Z', 'x-ms-end-epk': '?' } },
  ],
  ...['', 'x', '"ann"', '{}', '[[]]', '[{"a":1}]', '["a","b"]', '[', 'null'].map(
    (key): Case => [
      `a partition key ${key}`,
      400,
      { method: 'GET', path: `${DOCS}/1`, headers: { 'x-ms-documentdb-partitionkey': key } },
    ],
  ),
  ['no partition key', 400, { method: 'GET', path: `${DOCS}/1` }],
  ['a session that is none', 400, { method: 'GET', path: `${DOCS}/1`, headers: { ...KEY, 'x-ms-session-token': '#' } }],
  ['a database that is none', 404, { method: 'GET', path: '/dbs/none' }],
  ['a container that is none', 404, { method: 'GET', path: '/dbs/shop/colls/none/docs' }],
  ['a kind that is none', 501, { method: 'GET', path: '/dbs/shop/nothing' }],
  ['a method that is none', 501, { method: 'BREW', path: '/dbs' }],
  ['a kind of the language', 501, { method: 'GET', path: '/__proto__/constructor' }],
  ['an encoding that is none', 400, { method: 'GET', path: '/dbs/%' }],
  ['a name of zero bytes', 404, { method: 'GET', path: '/dbs/%00' }],
  ['a name of the language', 404, { method: 'GET', path: '/dbs/constructor' }],
  ['a database with a slash', 400, post('/dbs', {}, json({ id: 'a/b' }))],
  ['a container without a path', 400, post('/dbs/shop/colls', {}, json({ id: 'c' }))],
  ...[
    5,
    'x',
    [],
    { includedPaths: 5 },
    { includedPaths: [null] },
    { excludedPaths: [{}] },
    { compositeIndexes: [5] },
  ].map(
    (indexingPolicy): Case => [
      `an indexing policy ${json(indexingPolicy)}`,
      400,
      post('/dbs/shop/colls', {}, json({ id: 'c', partitionKey: { paths: ['/a'] }, indexingPolicy })),
    ],
  ),
  ...['', 'x', '-1', '50', '1e30', '99999999999900'].map(
    (throughput): Case => [
      `a throughput ${throughput}`,
      400,
      post('/dbs', { 'x-ms-offer-throughput': throughput }, json({ id: 'other' })),
    ],
  ),
  ...['', 'x', 'null', '{}', '{"maxThroughput":1e30}'].map(
    (settings): Case => [
      `an automatic throughput ${settings}`,
      400,
      post('/dbs', { 'x-ms-cosmos-offer-autopilot-settings': settings }, json({ id: 'other' })),
    ],
  ),
  ['a procedure that is none', 404, post(`${SPROCS}/none`, KEY, '[]')],
  ['no authorization', 401, { method: 'GET', path: '/dbs', headers: { authorization: '' } }],
  ['an authorization that is none', 401, { method: 'GET', path: '/dbs', headers: { authorization: 'type=%E0%A4%A' } }],
  [
    'a token that nobody accepts',
    401,
    { method: 'GET', path: '/dbs', headers: { authorization: 'type=aad&ver=1.0&sig=x' } },
  ],
]

describe('a malformed request is answered as the service answers', () => {
  test.each(CASES)('%s: %i', async (_, status, request) => {
    const emulator = await newEmulator()
    const response = await sendRaw(emulator, request)
    check(response)
    expect([response.status, response.body.slice(0, 300)]).toEqual([status, expect.anything()])
    // It still serves.
    expect((await sendRaw(emulator, { method: 'GET', path: `${DOCS}/1`, headers: KEY })).status).toBe(200)
  })

  test.each([
    ['text that is no JavaScript', 'function ('],
    ['two expressions', 'function () {}) ; (function () {}'],
    ['no function', '5'],
    ['a thrown nothing', 'function () { throw null }'],
    ['a thrown object without text', 'function () { throw Object.create(null) }'],
    ['a thrown proxy', 'function () { throw new Proxy({}, { get() { throw 1 } }) }'],
    ['endless recursion', 'function f() { f() }'],
    [
      'a document nested beyond all bounds',
      `function () {
      var a = []; for (var i = 0; i < 5000; i++) a = [a]
      __.createDocument(__.getSelfLink(), { id: 'deep', customer: 'ann', a: a })
    }`,
    ],
    ['a body that has no JSON', 'function () { var a = {}; a.a = a; __.response.setBody(a) }'],
    ['a document null', 'function () { __.createDocument(__.getSelfLink(), null) }'],
    ['a document that is an array', 'function () { __.createDocument(__.getSelfLink(), []) }'],
    ['a query of nothing', 'function () { __.queryDocuments(__.getSelfLink(), {}) }'],
    [
      'a continuation of nothing',
      'function () { __.queryDocuments(__.getSelfLink(), "SELECT * FROM c", { continuation: "x" }) }',
    ],
    ['a page of nothing', 'function () { __.queryDocuments(__.getSelfLink(), "SELECT * FROM c", { pageSize: -5 }) }'],
  ])('a procedure with %s', async (_, body) => {
    const emulator = await newEmulator()
    const created = await sendRaw(emulator, procedure(body))
    check(created)
    if (created.status === 201) {
      const run = await sendRaw(emulator, post(`${SPROCS}/p`, KEY, '[]'))
      check(run)
    }
    expect((await sendRaw(emulator, { method: 'GET', path: `${DOCS}/1`, headers: KEY })).status).toBe(200)
  })

  test('what a procedure logs comes back, whatever it is', async () => {
    const emulator = await newEmulator()
    await sendRaw(emulator, procedure('function () { console.log("\\ud800 \\n 漢") }'))
    const headers = { ...KEY, 'x-ms-documentdb-script-enable-logging': 'true' }
    const run = await sendRaw(emulator, post(`${SPROCS}/p`, headers, '[]'))
    check(run)
    expect(run.status).toBe(200)
  })
})

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '*', '"', '[]', '{}', 'null', '-1', '0', '1e9', '["ann"]', 'True', '%', '%00', '..', '__proto__'),
  fc.json({ maxDepth: 3 }),
)
const headerNames = fc.constantFrom(
  ...['x-ms-documentdb-partitionkey', 'x-ms-documentdb-partitionkeyrangeid', 'x-ms-start-epk', 'x-ms-end-epk'],
  ...['x-ms-session-token', 'x-ms-continuation', 'x-ms-max-item-count', 'x-ms-consistency-level', 'prefer'],
  ...['if-match', 'if-none-match', 'if-modified-since', 'a-im', 'x-ms-documentdb-isquery'],
  ...['x-ms-documentdb-is-upsert', 'x-ms-cosmos-is-batch-request', 'x-ms-cosmos-batch-atomic'],
  ...['x-ms-cosmos-is-query-plan-request', 'x-ms-documentdb-script-enable-logging', 'x-ms-offer-throughput'],
  ...['x-ms-cosmos-offer-autopilot-settings', 'x-ms-cosmos-batch-continue-on-error', 'x-ms-indexing-directive'],
)
// What a header can be on the wire.
const headerValue = odd.map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '?'))
const segment = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('dbs', 'shop', 'colls', 'orders', 'docs', '1', 'sprocs', 'echo', 'pkranges', 'offers'),
  },
  odd.map((text) => text.replace(/[\ud800-\udfff]/g, '?')).map(encodeURIComponent),
  fc.constantFrom('%', '%E0%A4%A', '?', '#', '//'),
)
const someQuery = fc
  .array(
    fc.constantFrom(
      ...['SELECT', '*', 'VALUE', 'c', 'c.n', 'FROM', 'WHERE', 'ORDER BY', 'GROUP BY', 'JOIN', 'IN', 'c.list', 'TOP'],
      ...['1', '"a"', '@p', '=', '(', ')', '[', ']', '{', '}', ',', ':', 'NOT', 'AND', 'BETWEEN', 'LIKE', 'EXISTS'],
      ...['COUNT(1)', 'AVG(c.n)', 'OFFSET 1 LIMIT 1', 'DISTINCT', '??', '-', 'undefined', 'null', 'ARRAY(', 'AS x'],
    ),
    { maxLength: 14 },
  )
  .map((words) => words.join(' '))
const body = fc.oneof(
  fc.json({ maxDepth: 4 }),
  odd,
  someQuery.map((text) => json({ query: `SELECT ${text}`, parameters: [{ name: '@p', value: 1 }] })),
  fc
    .array(
      fc.dictionary(fc.constantFrom('operationType', 'id', 'resourceBody', 'partitionKey', 'ifMatch'), fc.jsonValue()),
    )
    .map(json),
  fc
    .array(
      fc.record({
        operationType: fc.constantFrom('Create', 'Upsert', 'Replace', 'Read', 'Delete', 'Patch'),
        id: fc.constantFrom('1', '2', 'x'),
        resourceBody: fc.oneof(fc.jsonValue(), fc.record({ id: fc.constantFrom('1', 'x'), customer: fc.jsonValue() })),
      }),
    )
    .map(json),
)
const request: fc.Arbitrary<RawRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
  path: fc.oneof(
    fc.constantFrom(DOCS, `${DOCS}/1`, `${SPROCS}/echo`, SPROCS, '/dbs', '/dbs/shop/colls', '/dbs/shop/colls/orders'),
    fc.array(segment, { maxLength: 7 }).map((segments) => `/${segments.join('/')}`),
  ),
  headers: fc.oneof(
    fc.dictionary(headerNames, headerValue, { maxKeys: 4 }),
    fc.constantFrom(KEY, { ...KEY, ...QUERY }, QUERY, PLAN, BATCH, BULK, { ...KEY, ...UPSERT }, { ...KEY, ...FEED }),
  ),
  body,
})

test('any requests in any order are answered as the service answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 12 }), async (requests) => {
      const emulator = await newEmulator()
      for (const sent of requests) check(await sendRaw(emulator, sent))
    }),
    { numRuns: 400 },
  )
})
