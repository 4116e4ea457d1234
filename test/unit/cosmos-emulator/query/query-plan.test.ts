import type { Container } from '@azure/cosmos'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../../../../src/cosmos-emulator/engine/types.ts'
import { parseQuery } from '../../../../src/cosmos-emulator/query/language/parse-query.ts'
import { printExpression } from '../../../../src/cosmos-emulator/query/print.ts'
import { needsPlan, queryPlan } from '../../../../src/cosmos-emulator/query/query-plan.ts'
import { openInProcess } from '../support/emulators.ts'
import { documentsOf, request, rowsOf } from './documents.ts'

const FILTER = '{documentdb-formattableorderbyquery-filter}'

describe('what a plan says', () => {
  const planOf = (query: string, parameters = {}) => queryPlan(request(query, parameters)).queryInfo

  test('a query that partitions can answer alone is left as it is', () => {
    expect(needsPlan({ query: 'SELECT c.a FROM c WHERE c.b = 1' })).toBe(false)
    expect(queryPlan({ query: 'SELECT c.a FROM c WHERE c.b = 1' })).toEqual({
      partitionedQueryExecutionInfoVersion: 2,
      queryInfo: {
        distinctType: 'None',
        top: null,
        offset: null,
        limit: null,
        orderBy: [],
        orderByExpressions: [],
        groupByExpressions: [],
        groupByAliases: [],
        aggregates: [],
        groupByAliasToAggregateType: {},
        rewrittenQuery: '',
        hasSelectValue: false,
        dCountInfo: null,
        hasNonStreamingOrderBy: false,
      },
      queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
    })
  })

  test.each([
    'SELECT * FROM c ORDER BY c.a',
    'SELECT TOP 1 * FROM c',
    'SELECT DISTINCT c.a FROM c',
    'SELECT VALUE COUNT(1) FROM c',
    'SELECT c.a FROM c GROUP BY c.a',
    'SELECT * FROM c OFFSET 0 LIMIT 1',
  ])('needed: %s', (query) => {
    expect(needsPlan({ query })).toBe(true)
  })

  test('an order is asked for together with the values that rows are ordered by', () => {
    const plan = planOf('SELECT c.x FROM c WHERE c.n > @n OR c.m ORDER BY c.a DESC, c.b["d"]')
    expect(plan.orderBy).toEqual(['Descending', 'Ascending'])
    expect(plan.orderByExpressions).toEqual(['c.a', 'c.b["d"]'])
    expect(plan.rewrittenQuery.replace(/\s+/g, ' ')).toBe(
      'SELECT c._rid, [{"item": c.a}, {"item": c.b["d"]}] AS orderByItems, {"x": c.x} AS payload FROM c AS c ' +
        `WHERE (((c.n > @n) OR c.m) AND (${FILTER})) ORDER BY c.a DESC, c.b["d"] ASC`,
    )
  })

  test('of an offset the client skips, a partition gives all that may be needed', () => {
    const plan = planOf('SELECT * FROM c OFFSET @o LIMIT @l', { o: 3, l: 2 })
    expect(plan).toMatchObject({ offset: 3, limit: 2, rewrittenQuery: expect.stringMatching(/OFFSET 0 LIMIT 5$/) })
    expect(planOf('SELECT TOP @n * FROM c', { n: 7 })).toMatchObject({ top: 7, rewrittenQuery: '' })
  })

  test('aggregates are put together from their parts', () => {
    expect(planOf('SELECT VALUE AVG(c.n) FROM c')).toMatchObject({
      aggregates: ['Average'],
      hasSelectValue: true,
      rewrittenQuery: 'SELECT VALUE [{"item": {"sum": SUM(c.n), "count": COUNT(c.n)}}]\nFROM c AS c',
    })
    expect(planOf('SELECT c.g, COUNT(1) AS n FROM c GROUP BY c.g')).toMatchObject({
      aggregates: [],
      groupByExpressions: ['c.g'],
      groupByAliases: ['g', 'n'],
      groupByAliasToAggregateType: { g: null, n: 'Count' },
    })
  })

  test.each([
    ['SELECT VALUE COUNT(1) + 1 FROM c', 'Compositions of aggregates'],
    ['SELECT c.g, COUNT(1) AS n FROM c GROUP BY c.g ORDER BY c.g', "'ORDER BY' is not supported"],
    ['SELECT * FROM c GROUP BY c.g', "'SELECT *' is not valid"],
    ['SELECT *', "'SELECT *' is not valid"],
  ])('no client can put together %s', (query, message) => {
    const error = expect.objectContaining({ status: 400, message: expect.stringContaining(message) })
    expect(() => planOf(query)).toThrow(error)
  })
})

test('a printed expression means what the one that it was made of means', () => {
  const documents = documentsOf([{ a: 1, b: 'x', c: null, d: [1, { e: 2 }] }, { a: 'x', b: 1 }, {}])
  const leaf = fc.constantFrom(
    'c.a',
    'c.b',
    'c.c',
    'c["d"][0]',
    'c.d[1].e',
    '1',
    '-2',
    '"x"',
    'null',
    'true',
    'undefined',
    '[1, c.a]',
    '{"k": c.b}',
  )
  const { expression } = fc.letrec<{ expression: string }>((tie) => {
    const inner = tie('expression')
    const joined = (operators: string[]) =>
      fc.tuple(inner, fc.constantFrom(...operators), inner).map(([a, operator, b]) => `(${a}) ${operator} ${b}`)
    return {
      expression: fc.oneof(
        { maxDepth: 3 },
        leaf,
        joined(['=', '!=', '<', '>=', 'AND', 'OR', '+', '*', '||', '??']),
        inner.map((a) => `NOT (${a})`),
        inner.map((a) => `IS_DEFINED(${a})`),
        fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a}) ? ${b} : ${c}`),
        fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a}) BETWEEN (${b}) AND (${c})`),
        fc.tuple(inner, inner).map(([a, b]) => `(${a}) NOT IN (${b}, 1)`),
        fc.tuple(inner, inner).map(([a, b]) => `(${a}) LIKE (${b}) ESCAPE "!"`),
        inner.map((a) => `ARRAY(SELECT VALUE (${a}) FROM t IN c.d WHERE IS_NUMBER(t))`),
        inner.map(
          (a) => `EXISTS(SELECT DISTINCT TOP 1 c.a, (${a}) AS x FROM c JOIN t IN c.d ORDER BY c.a OFFSET 0 LIMIT 2)`,
        ),
      ),
    }
  })
  fc.assert(
    fc.property(expression, (text) => {
      const query = `SELECT VALUE [${text}] FROM c`
      const { select } = parseQuery(query)
      const printed = select.type === 'value' ? printExpression(select.value) : ''
      expect(rowsOf(`SELECT VALUE ${printed} FROM c`, documents)).toEqual(rowsOf(query, documents))
    }),
  )
})

describe('through the SDK, over four partitions', () => {
  type Sale = { id: string; customer: string; [field: string]: JsonValue }

  const sale = fc.record(
    {
      shop: fc.constantFrom('a', 'b', 'c'),
      amount: fc.integer({ min: -9, max: 9 }),
      at: fc.constantFrom('2020-01-01', '2020-01-02', '2020-02-01'),
      tags: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
    },
    { requiredKeys: ['shop', 'amount', 'at', 'tags'] },
  )

  async function sell(container: Container, sales: readonly object[]): Promise<Sale[]> {
    const all = sales.map((own, i) => ({ id: `s${i}`, customer: `c${i % 7}`, ...own })) as Sale[]
    for (const each of all) await container.items.create(each)
    return all
  }

  const definition = {
    id: 'sales',
    partitionKey: { paths: ['/customer'], version: 2 },
    indexingPolicy: {
      compositeIndexes: [
        [
          { path: '/at', order: 'ascending' as const },
          { path: '/id', order: 'descending' as const },
        ],
      ],
    },
  }

  const ORDERED = [
    'SELECT VALUE c.amount FROM c ORDER BY c.amount',
    'SELECT VALUE c.id FROM c ORDER BY c.id DESC',
    'SELECT c.id, c.at FROM c WHERE c.amount > 0 ORDER BY c.at, c.id DESC',
    'SELECT TOP 3 VALUE c.id FROM c ORDER BY c.id',
    'SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 2 LIMIT 4',
    'SELECT DISTINCT VALUE c.shop FROM c ORDER BY c.shop',
    'SELECT VALUE t FROM c JOIN t IN c.tags ORDER BY c.id',
    'SELECT VALUE COUNT(1) FROM c WHERE c.amount > 0',
    'SELECT VALUE SUM(c.amount) FROM c',
    'SELECT VALUE AVG(c.amount) FROM c',
    'SELECT VALUE MIN(c.at) FROM c',
    'SELECT VALUE MAX(c.amount) FROM c WHERE c.shop = "a"',
    'SELECT COUNT(1) AS n, MAX(c.amount) AS most FROM c WHERE c.amount < 100',
  ]
  const UNORDERED = [
    'SELECT VALUE c.id FROM c WHERE c.amount > 0',
    'SELECT DISTINCT VALUE c.shop FROM c',
    'SELECT DISTINCT c.shop, c.at FROM c',
    'SELECT c.shop, COUNT(1) AS n, AVG(c.amount) AS mean FROM c GROUP BY c.shop',
    'SELECT VALUE SUM(c.amount) FROM c GROUP BY c.shop',
    'SELECT c.shop, MIN(c.amount) AS least FROM c WHERE c.amount > 0 GROUP BY c.shop',
  ]

  test('the answers are those of all documents together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sale, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 5 }),
        async (sales, maxItemCount) => {
          await using opened = await openInProcess({ partitions: 4 })
          const { database } = await opened.client.databases.create({ id: 'shop' })
          const { container } = await database.containers.create(definition)
          const documents = documentsOf(await sell(container, sales))
          const run = async (query: string) =>
            (await container.items.query(query, { maxItemCount }).fetchAll()).resources
          for (const query of ORDERED) expect([query, await run(query)]).toEqual([query, rowsOf(query, documents)])
          const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
          for (const query of UNORDERED) {
            expect([query, sorted(await run(query))]).toEqual([query, sorted(rowsOf(query, documents))])
          }
        },
      ),
      { numRuns: 8 },
    )
  })

  test('an order is gone on with from a continuation of the SDK', async () => {
    await using opened = await openInProcess({ partitions: 4 })
    const { database } = await opened.client.databases.create({ id: 'shop' })
    const { container } = await database.containers.create(definition)
    const documents = documentsOf(
      await sell(
        container,
        Array.from({ length: 30 }, (_, i) => ({ at: `2020-0${i % 9}` })),
      ),
    )
    for (const query of ['SELECT VALUE c.id FROM c ORDER BY c.id DESC', 'SELECT VALUE c.at FROM c ORDER BY c.at']) {
      const seen: unknown[] = []
      let continuationToken: string | undefined
      do {
        const options = { maxItemCount: 7, enableQueryControl: true, ...(continuationToken && { continuationToken }) }
        const page = await container.items.query(query, options).fetchNext()
        seen.push(...(page.resources ?? []))
        continuationToken = page.continuationToken
      } while (continuationToken)
      expect(seen).toEqual(rowsOf(query, documents))
    }
  })

  test('an order without its composite index is refused', async () => {
    await using opened = await openInProcess({ partitions: 4 })
    const { database } = await opened.client.databases.create({ id: 'shop' })
    const { container } = await database.containers.create(definition)
    await sell(container, [{}])
    const query = container.items.query('SELECT * FROM c ORDER BY c.at, c.amount').fetchAll()
    await expect(query).rejects.toMatchObject({ code: 400, message: expect.stringContaining('composite index') })
  })
})
