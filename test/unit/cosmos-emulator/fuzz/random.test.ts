import fc from 'fast-check'
import { test } from 'vitest'
import { type RawRequest, sendRaw } from '../support/raw-requests.ts'
import { BATCH, BULK, check, DOCS, FEED, json, KEY, newEmulator, PLAN, QUERY, SPROCS, UPSERT } from './support.ts'

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
