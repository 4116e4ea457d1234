import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item, JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { documentsOf, rowsOf } from './documents.ts'

type Library = { default(query: string): { exec(documents: readonly Item[], options: object): { result: unknown[] } } }

// Its package names its types wrongly, and an import would find none.
const library = createRequire(import.meta.url)('@zeit/cosmosdb-query') as Library

/** What another implementation answers, one that was written beside the service. */
const theirs = (query: string, documents: readonly Item[], parameters: Record<string, JsonValue>): unknown[] =>
  library.default(query).exec(documents, {
    parameters: Object.entries(parameters).map(([name, value]) => ({ name: `@${name}`, value })),
  }).result

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom('', 'a', 'ab', 'b'),
)
const member = fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fc.record({ n: scalar }))
const documents = fc
  .array(fc.record({ a: member, b: member, list: fc.array(scalar, { maxLength: 3 }) }, { requiredKeys: ['list'] }), {
    maxLength: 12,
  })
  .map((fields) => documentsOf(fields))

const PATHS = ['c.a', 'c.b', 'c["a"]["n"]', 'c.b[0]', 'c.missing']
const operand = fc.oneof(
  fc.constantFrom(...PATHS),
  scalar.map((value) => JSON.stringify(value)),
  fc.constant('@p'),
)

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(operand, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), operand).map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom(...PATHS), fc.array(scalar, { minLength: 1, maxLength: 3 })).map(([path, values]) => {
      return `(IS_DEFINED(${path}) AND ${path} IN (${values.map((value) => JSON.stringify(value)).join()}))`
    }),
    fc
      .tuple(
        fc.constantFrom('IS_DEFINED', 'IS_NULL', 'IS_STRING', 'IS_NUMBER', 'IS_BOOL', 'IS_ARRAY', 'IS_OBJECT'),
        fc.constantFrom(...PATHS),
      )
      .map(([name, path]) => `${name}(${path})`),
    fc.tuple(fc.constantFrom('STARTSWITH', 'CONTAINS', 'ENDSWITH'), operand, operand).map(([name, a, b]) => {
      return `${name}(${a}, ${b})`
    }),
    operand.map((value) => `ARRAY_CONTAINS(c.list, ${value})`),
    operand.map((value) => `EXISTS(SELECT VALUE t FROM t IN c.list WHERE t = ${value})`),
    fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition')).map(([a, operator, b]) => {
      return `(${a}) ${operator} (${b})`
    }),
    tie('condition').map((inner) => `NOT (${inner})`),
  ),
}))

// Not asked: BETWEEN, where it compares null with numbers; IN of what is missing, where it says false; the order of ties
// when descending.
describe('@zeit/cosmosdb-query agrees', () => {
  function agree(query: string, items: readonly Item[], p: JsonValue): void {
    expect([query, rowsOf(query, items, { p })]).toEqual([query, theirs(query, items, { p })])
  }

  test('on which documents a condition finds', () => {
    fc.assert(
      fc.property(documents, condition, scalar, (items, where, p) => {
        agree(`SELECT VALUE c.id FROM c WHERE ${where} AND @p = @p`, items, p)
      }),
      { numRuns: 300 },
    )
  })

  test('on orders of values of one type, joins and projections', () => {
    const queries = [
      'SELECT * FROM c WHERE IS_NUMBER(c.a) ORDER BY c.a',
      'SELECT c.id, c.a FROM c WHERE IS_STRING(c.b) ORDER BY c.b',
      'SELECT TOP 2 VALUE c.id FROM c',
      'SELECT c.id, t FROM c JOIN t IN c.list WHERE t != @p',
      'SELECT VALUE {"a": c.a, "more": [c.b, @p]} FROM c',
      'SELECT VALUE COUNT(1) FROM c WHERE c.a = @p',
      'SELECT VALUE c.a ?? @p FROM c',
    ]
    fc.assert(
      fc.property(documents, scalar, (items, p) => {
        for (const query of queries) agree(query, items, p)
      }),
    )
  })
})
