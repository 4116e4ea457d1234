import type { RawRequest } from '../support/raw-requests.ts'
import { BATCH, BULK, DOCS, FEED, json, KEY, PLAN, QUERY, SPROCS, UPSERT } from './support.ts'

const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)

/** What is sent, and the status that answers it. */
export type Case = readonly [what: string, status: number, request: RawRequest]
/** A request with a body. */
export const post = (path: string, headers: Record<string, string>, body: string): RawRequest => ({
  method: 'POST',
  path,
  headers,
  body,
})
const query = (text: string, parameters: unknown = [], headers = {}): RawRequest =>
  post(DOCS, { ...QUERY, ...KEY, ...headers }, json({ query: text, parameters }))
/** The creation of a stored procedure. */
export const procedure = (body: string): RawRequest => post(SPROCS, {}, json({ id: 'p', body }))

/** Requests that are malformed, and a few that only look like it. */
export const CASES: readonly Case[] = [
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
