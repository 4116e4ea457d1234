import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../../../src/cosmos-emulator/engine/types.ts'
import { type QueryRequest, runQuery } from '../../../../src/cosmos-emulator/query/run-query.ts'
import { documentsOf, request, rowsOf } from './documents.ts'

const limits = fc.array(fc.constantFrom(0, 1, 2, 3, 5, undefined), { maxLength: 12 })
const numbers = fc.array(fc.constantFrom(1, 2, 3, 4), { maxLength: 25 })
const documentsWith = (values: readonly number[]): Item[] => documentsOf(values.map((v) => ({ v })))

/** The pages of a query, each ended early as is said of it; what is said of no page is not. */
function pages(asked: QueryRequest, documents: readonly Item[], ends: readonly (number | undefined)[], size = 4) {
  const all: unknown[][] = []
  let continuation: string | undefined
  do {
    const page = runQuery(asked, documents, {
      maxItemCount: size,
      pageLimit: ends[all.length],
      ...(continuation !== undefined && { continuation }),
    })
    all.push(page.rows)
    continuation = page.continuation
  } while (continuation !== undefined)
  return all
}

describe('pages that end early', () => {
  test.each([
    'SELECT VALUE c.id FROM c',
    'SELECT VALUE c.id FROM c WHERE c.v > 2',
    'SELECT VALUE c.id FROM c ORDER BY c.v',
    'SELECT VALUE c.id FROM c WHERE c.v != 2 ORDER BY c.v DESC',
    'SELECT c.id, t FROM c JOIN t IN (SELECT VALUE [1, 2, 3]) ORDER BY c.v DESC',
    'SELECT TOP 5 VALUE c.id FROM c ORDER BY c.v',
    'SELECT VALUE c.id FROM c ORDER BY c.v DESC OFFSET 3 LIMIT 6',
    'SELECT VALUE c.id FROM c OFFSET 2 LIMIT 5',
    'SELECT DISTINCT VALUE c.v FROM c',
  ])('make up the whole: %s', (query) => {
    fc.assert(
      fc.property(numbers, limits, (values, ends) => {
        const documents = documentsWith(values)
        const found = pages(request(query), documents, ends)
        assert.deepEqual(found.flat(), rowsOf(query, documents))
        for (const [i, rows] of found.entries()) assert.ok(rows.length <= Math.min(4, ends[i] ?? 4))
      }),
    )
  })

  test('answer parts of aggregates, which have to be put together', () => {
    fc.assert(
      fc.property(numbers, limits, (values, ends) => {
        const documents = documentsWith(values)
        const parts = (aggregate: string) =>
          pages(request(`SELECT VALUE ${aggregate} FROM c WHERE c.v > 1`), documents, ends).flat() as number[]
        const counted = values.filter((v) => v > 1)
        assert.equal(
          parts('COUNT(1)').reduce((sum, part) => sum + part, 0),
          counted.length,
        )
        assert.equal(
          parts('SUM(c.v)').reduce((sum, part) => sum + part, 0),
          counted.reduce((sum, v) => sum + v, 0),
        )
        assert.equal(Math.min(...parts('MIN(c.v)')), Math.min(...counted))
        assert.equal(Math.max(...parts('MAX(c.v)')), Math.max(...counted))
      }),
    )
  })

  test('are none of groups, as the SDK takes an empty page for their end', () => {
    fc.assert(
      fc.property(numbers, limits, (values, ends) => {
        const query = 'SELECT c.v, COUNT(1) AS n FROM c WHERE c.v > 1 GROUP BY c.v'
        const documents = documentsWith(values)
        expect(pages(request(query), documents, ends, 2)).toEqual(pages(request(query), documents, [], 2))
      }),
    )
  })

  test('are empty, and go on', () => {
    const documents = documentsWith([1, 2, 3, 4])
    for (const query of [
      'SELECT VALUE c.v FROM c',
      'SELECT VALUE c.v FROM c ORDER BY c.v',
      'SELECT DISTINCT VALUE c.v FROM c',
    ]) {
      expect(pages(request(query), documents, [0, 1, 0, 2])).toEqual([[], [1], [], [2, 3], [4]])
    }
    expect(pages(request('SELECT VALUE COUNT(1) FROM c'), documents, [0, 2, undefined])).toEqual([[1], [2], [1]])
  })

  test('are none of a query that reads no documents, nor of aggregates that cannot be put together', () => {
    const documents = documentsWith([1, 2, 3, 4])
    expect(pages(request('SELECT VALUE 1'), documents, [0])).toEqual([[1]])
    expect(pages(request('SELECT TOP 1 VALUE COUNT(1) FROM c'), documents, [0])).toEqual([[4]])
    expect(pages(request('SELECT VALUE COUNT(1) FROM c JOIN t IN (SELECT VALUE [1, 2])'), documents, [1])).toEqual([
      [8],
    ])
  })
})
