import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item, JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { runQuery } from '../../../../src/cosmos-emulator/query/run-query.ts'
import { documentsOf, pagesOf, request, rowsOf } from './documents.ts'

const value = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
  fc.constantFrom<JsonValue>([], [1], {}, { a: 1 }),
)

const TYPES = ['undefined', 'null', 'boolean', 'number', 'string', 'array', 'object']
const typeOf = (v: unknown): string => (v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v)

/** The order that is to come out, said in another way: by type, then by value, strings by their UTF-8 bytes. */
function expectedOrder(a: JsonValue | undefined, b: JsonValue | undefined): number {
  const byType = TYPES.indexOf(typeOf(a)) - TYPES.indexOf(typeOf(b))
  if (byType !== 0) return byType
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  if (typeof a === 'number' || typeof a === 'boolean') return Number(a) - Number(b)
  return 0
}

const documentsWith = (values: readonly (JsonValue | undefined)[]): Item[] =>
  documentsOf(values.map((v) => (v === undefined ? {} : { v })))

describe('order', () => {
  test('is undefined, null, booleans, numbers, strings by code point, arrays, objects; then of documents', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (values) => {
        const ids = values.map((v, i) => ({ v, id: `d${i}` })).sort((a, b) => expectedOrder(a.v, b.v))
        const documents = documentsWith(values)
        expect(rowsOf('SELECT VALUE c.id FROM c ORDER BY c.v', documents)).toEqual(ids.map(({ id }) => id))
        expect(rowsOf('SELECT VALUE c.id FROM c ORDER BY c.v DESC', documents)).toEqual(
          ids.map(({ id }) => id).reverse(),
        )
      }),
    )
  })

  test('agrees with the comparison operators', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const isLess = rowsOf('SELECT VALUE a.v < b.v FROM a JOIN (SELECT VALUE @b) AS b', documentsWith([a]), {
          b: b === undefined ? {} : { v: b },
        })
        const order = expectedOrder(a, b)
        const comparable = typeOf(a) === typeOf(b) && !['undefined', 'array', 'object'].includes(typeOf(a))
        expect(isLess).toEqual(comparable ? [order < 0] : [])
      }),
    )
  })

  test('of strings is by code point, not by UTF-16 unit', () => {
    const documents = documentsWith(['\u{1f600}', '\uffee', '\ue000', 'z'])
    expect(rowsOf('SELECT VALUE c.v FROM c ORDER BY c.v', documents)).toEqual(['z', '\ue000', '\uffee', '\u{1f600}'])
  })

  test('by several keys goes key by key, each in its direction', () => {
    const documents = documentsOf([
      { a: 1, b: 1 },
      { a: 2, b: 1 },
      { a: 1, b: 2 },
      { a: 2, b: 2 },
    ])
    expect(rowsOf('SELECT VALUE c.id FROM c ORDER BY c.a DESC, c.b', documents)).toEqual(['d1', 'd3', 'd0', 'd2'])
  })
})

describe('pages', () => {
  const QUERIES = [
    'SELECT VALUE c.id FROM c',
    'SELECT VALUE c.id FROM c WHERE IS_DEFINED(c.v)',
    'SELECT VALUE c.id FROM c ORDER BY c.v',
    'SELECT VALUE c.id FROM c ORDER BY c.v DESC',
    'SELECT c.id, t FROM c JOIN t IN [1, 2, 3]'.replace('[1, 2, 3]', '(SELECT VALUE [1, 2, 3])'),
    'SELECT c.id, t FROM c JOIN t IN (SELECT VALUE [1, 2, 3]) ORDER BY c.v DESC',
    'SELECT TOP 5 VALUE c.id FROM c ORDER BY c.v',
    'SELECT VALUE c.id FROM c ORDER BY c.v DESC OFFSET 3 LIMIT 6',
    'SELECT VALUE c.id FROM c OFFSET 2 LIMIT 5',
    'SELECT DISTINCT VALUE c.v FROM c',
    'SELECT c.v, COUNT(1) AS n FROM c GROUP BY c.v',
    'SELECT VALUE COUNT(1) FROM c',
  ]

  test.each(QUERIES)('of any size make up the whole: %s', (query) => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 25 }), fc.integer({ min: 1, max: 10 }), (values, maxItemCount) => {
        const documents = documentsWith(values)
        const pages = pagesOf(request(query), documents, { maxItemCount })
        expect(pages.flat()).toEqual(rowsOf(query, documents))
        expect(pages.slice(0, -1).every((page) => page.length === maxItemCount)).toBe(true)
      }),
    )
  })

  test.each(QUERIES.slice(0, 4))('lose and repeat nothing when documents come and go between them: %s', (query) => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 6, maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat({ max: 19 }), { maxLength: 6 }),
        (values, maxItemCount, removals) => {
          const all = documentsWith(values)
          const first = runQuery(request(query), all, { maxItemCount })
          if (first.continuation === undefined) return
          const gone = new Set(removals.map((n) => `d${n}`))
          const left = all.filter(({ id }) => !gone.has(id))
          const { rows } = runQuery(request(query), left, { maxItemCount: 100, continuation: first.continuation })
          const rest = rowsOf(query, all).slice(first.rows.length)
          expect(rows).toEqual(rest.filter((id) => !gone.has(id as string)))
        },
      ),
    )
  })

  test('a hundred rows a page unless told, a thousand where it is left to the server', () => {
    const documents = documentsOf(Array.from({ length: 1001 }, () => ({})))
    expect(runQuery(request('SELECT * FROM c'), documents).rows).toHaveLength(100)
    expect(runQuery(request('SELECT * FROM c'), documents, { maxItemCount: -1 }).rows).toHaveLength(1000)
    expect(() => runQuery(request('SELECT * FROM c'), documents, { maxItemCount: 0 })).toThrow('page size')
  })

  test('end before they weigh more than 4 MB, with one row at least', () => {
    const text = 'x'.repeat(1_500_000)
    const documents = documentsOf([1, 2, 3, 4, 5].map((n) => ({ text, n })))
    for (const query of [
      'SELECT * FROM c',
      'SELECT * FROM c ORDER BY c.n DESC',
      'SELECT DISTINCT c.n, c.text FROM c',
    ]) {
      expect(pagesOf(request(query), documents, {}).map((page) => page.length)).toEqual([2, 2, 1])
    }
    const huge = documentsOf([{ a: text, b: text, c: text }, {}])
    expect(pagesOf(request('SELECT * FROM c'), huge, {}).map((page) => page.length)).toEqual([1, 1])
  })
})
