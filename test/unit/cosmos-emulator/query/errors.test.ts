import { describe, expect, test } from 'vitest'
import type { IndexingPolicy } from '../../../../src/cosmos-emulator/query/indexing.ts'
import { runQuery } from '../../../../src/cosmos-emulator/query/run-query.ts'
import { documentsOf, rowsOf } from './documents.ts'

describe('queries that are refused', () => {
  test.each([
    ['SELECT * FORM c', 'SC1001', 9, 13],
    ['SELECT * FROM c WHERE', 'SC1001', 21, 21],
    ['SELECT * FROM c WHERE c.order = 1', 'SC1001', 24, 29],
    ['SELECT c.value FROM c', 'SC1001', 9, 14],
    ['SELECT * FROM c ORDER BY', 'SC1001', 24, 24],
    ['SELECT * FROM c; DROP', 'SC1001', 15, 16],
    ['SELECT * FROM c WHERE c.a = "x', 'SC1001', 28, 29],
    ['SELECT * FROM c WHERE c.a = "\\q"', 'SC1001', 28, 29],
    ['SELECT * FROM c WHERE c.left = 1', 'SC1001', 24, 28],
    ['SELECT * FROM c OFFSET 1', 'SC1001', 24, 24],
    ['SELECT TOP c.n * FROM c', 'SC1001', 11, 12],
    ['SELECT 1 /* a', 'SC1001', 9, 11],
    ['', 'SC1001', 0, 0],
    ['SELECT d.id FROM c', 'SC2001', 7, 8],
    ['SELECT NOSUCH(c.id) FROM c', 'SC2005', 7, 13],
    ['SELECT LENGTH() FROM c', 'SC2050', 7, 13],
    ['SELECT *', 'SC2030', 7, 8],
    ['SELECT * FROM c JOIN t IN c.tags', 'SC2040', 7, 8],
    ['SELECT * FROM c WHERE COUNT(1) = 1', 'SC2104', 22, 27],
  ])('%s', (query, code, start, end) => {
    const body = expect.stringMatching(`^Message: .*"start":${start},"end":${end}},"code":"${code}"`)
    const error = expect.objectContaining({ status: 400, code: 'BadRequest', message: body })
    expect(() => rowsOf(query, [])).toThrow(error)
  })

  test('a comment without an end, however often it begins', () => {
    const begun = `SELECT ${'/*x'.repeat(150_000)}`
    expect(() => rowsOf(begun, [])).toThrow(expect.objectContaining({ status: 400 }))
    expect(rowsOf(`SELECT ${' '.repeat(200_000)}${'/* - */'.repeat(30_000)}VALUE 1`, [])).toEqual([1])
  })

  test('a parameter that was not given', () => {
    expect(() => rowsOf('SELECT * FROM c WHERE c.a = @a', [])).toThrow(expect.objectContaining({ status: 400 }))
  })

  test.each(['nonsense', '#TRC:x', '+RID:~a#SRC:0#TRC:1#RTD:!', '+RID:~a#SRC:0#TRC:1#RTD:e30='])(
    'a continuation that no page answered: %s',
    (continuation) => {
      const run = () => runQuery({ query: 'SELECT * FROM c' }, [], { continuation })
      expect(run).toThrow(expect.objectContaining({ status: 400 }))
    },
  )
})

describe('orders that the index must serve', () => {
  const policy: IndexingPolicy = {
    indexingMode: 'consistent',
    includedPaths: [{ path: '/stream/*' }, { path: '/data/"odd name"/?' }, { path: '/list/[]/*' }],
    excludedPaths: [{ path: '/*' }, { path: '/stream/secret/?' }],
    compositeIndexes: [
      [
        { path: '/a/b', order: 'ascending' },
        { path: '/c', order: 'descending' },
      ],
      [{ path: '/x' }, { path: '/y' }, { path: '/z' }],
    ],
  }
  const order =
    (by: string, indexingPolicy = policy) =>
    () =>
      runQuery({ query: `SELECT * FROM c ORDER BY ${by}` }, documentsOf([{}]), { indexingPolicy }).rows

  test.each([
    'c.stream.version DESC',
    'c.stream.a.b',
    'c.data["odd name"]',
    'c.list[0].x',
    'c.id',
    'c._ts',
    'c.a.b, c.c DESC',
    'c.a.b DESC, c.c ASC',
    'c.x, c.y, c.z',
  ])('served: %s', (by) => {
    expect(order(by)()).toHaveLength(1)
  })

  test.each([
    ['c.other', 'index path corresponding to the specified order-by item is excluded'],
    ['c.stream.secret', 'is excluded'],
    ['c.data["odd name"].more', 'is excluded'],
    ['c.c DESC, c.a.b', 'does not have a corresponding composite index'],
    ['c.a.b, c.c', 'composite index'],
    ['c.x, c.y', 'composite index'],
    ['c.stream.version + 1', 'could not be mapped to a document path'],
    ['c', 'could not be mapped to a document path'],
  ])('refused: %s', (by, message) => {
    expect(order(by)).toThrow(expect.objectContaining({ status: 400, message: expect.stringContaining(message) }))
  })

  test('documents that lack the property are left out, unless the policy names a path to it', () => {
    const documents = documentsOf([{ a: 1 }, {}, { a: null }])
    const ids = (query: string, includedPaths?: { path: string }[]) =>
      runQuery({ query }, documents, { indexingPolicy: includedPaths === undefined ? {} : { includedPaths } }).rows
    const byA = 'SELECT VALUE c.id FROM c ORDER BY c.a'
    expect(ids(byA)).toEqual(['d2', 'd0'])
    expect(ids(byA, [{ path: '/*' }])).toEqual(['d2', 'd0'])
    expect(ids(byA, [{ path: '/*' }, { path: '/a/?' }])).toEqual(['d1', 'd2', 'd0'])
    expect(runQuery({ query: byA }, documents).rows).toEqual(['d1', 'd2', 'd0'])
  })

  test('without an index nothing is ordered', () => {
    expect(order('c.id', { indexingMode: 'none' })).toThrow('is excluded')
  })

  test('by default every path is indexed', () => {
    expect(order('c.anything', {})()).toHaveLength(0)
    expect(order('c.a, c.b', {})).toThrow('composite index')
  })
})
