import assert from 'node:assert/strict'
import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import { describe, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

async function filled(orders: Container, count: number): Promise<void> {
  for (const n of numbers(count)) await orders.items.create({ id: `${n}`, customer: `c${n % 2}`, n })
}

describe.each(TRANSPORTS)('with pages that end early, %s', (_, open) => {
  test('queries over one partition key answer short and empty pages, and aggregates in parts', async () => {
    await using opened = await open({ earlyPages: 0.6, seed: 1 })
    const orders = await ordersOf(opened.client)
    await filled(orders, 60)
    const pagesOf = async (query: string) => {
      const pages: number[][] = []
      const iterator = orders.items.query<number>(query, { partitionKey: 'c0', maxItemCount: 10 })
      do pages.push((await iterator.fetchNext()).resources ?? [])
      while (iterator.hasMoreResults())
      return pages
    }
    const even = numbers(30).map((n) => 2 * n)
    const pages = await pagesOf('SELECT VALUE c.n FROM c ORDER BY c.n')
    assert.deepEqual(pages.flat(), even)
    assert.ok(
      pages.some((page) => page.length === 0),
      'an empty page',
    )
    assert.ok(
      pages.slice(0, -1).some((page) => page.length > 0 && page.length < 10),
      'a short page',
    )
    const counts = (await pagesOf('SELECT VALUE COUNT(1) FROM c')).flat()
    assert.ok(counts.length > 1, 'parts')
    assert.equal(
      counts.reduce((sum, part) => sum + part),
      30,
    )
  })

  test('pages of one row go on, even where every page may end early', async () => {
    await using opened = await open({ earlyPages: 1, seed: 5 })
    const orders = await ordersOf(opened.client)
    await filled(orders, 10)
    const query = orders.items.query('SELECT VALUE c.n FROM c', { partitionKey: 'c0', maxItemCount: 1 })
    assert.deepEqual((await query.fetchAll()).resources, [0, 2, 4, 6, 8])
  })

  test('a client puts together what comes from several partitions', async () => {
    await using opened = await open({ earlyPages: 0.6, seed: 2, partitions: 3 })
    const orders = await ordersOf(opened.client)
    await filled(orders, 40)
    const all = async (query: string) => (await orders.items.query(query, { maxItemCount: 7 }).fetchAll()).resources
    assert.deepEqual(
      (await all('SELECT VALUE c.n FROM c')).toSorted((a, b) => a - b),
      numbers(40),
    )
    assert.deepEqual(await all('SELECT VALUE c.n FROM c ORDER BY c.n DESC'), numbers(40).toReversed())
    assert.deepEqual(await all('SELECT VALUE COUNT(1) FROM c'), [40])
    assert.deepEqual(await all('SELECT VALUE AVG(c.n) FROM c'), [19.5])
    assert.deepEqual(await all('SELECT VALUE MIN(c.n) FROM c WHERE c.n > 3'), [4])
    assert.deepEqual(
      (await all('SELECT c.customer, COUNT(1) AS n FROM c GROUP BY c.customer')).toSorted((a, b) =>
        a.customer < b.customer ? -1 : 1,
      ),
      [
        { customer: 'c0', n: 20 },
        { customer: 'c1', n: 20 },
      ],
    )
    assert.equal((await orders.items.readAll().fetchAll()).resources.length, 40)
  })

  test('pages of the change feed are short, never empty, and cut no transaction', async () => {
    await using opened = await open({ earlyPages: 1, seed: 3 })
    const orders = await ordersOf(opened.client)
    for (const n of numbers(12)) {
      const create = (i: number) => ({
        operationType: 'Create' as const,
        resourceBody: { id: `${n}-${i}`, customer: 'ann', n },
      })
      await orders.items.batch([create(0), create(1), create(2)], 'ann')
    }
    const feed = orders.items.getChangeFeedIterator<{ n: number }>({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
      maxItemCount: 36,
    })
    const sizes: number[] = []
    const seen: number[] = []
    for (;;) {
      const { result, statusCode } = await feed.readNext()
      if (statusCode === 304) break
      sizes.push(result.length)
      seen.push(...result.map(({ n }) => n))
    }
    assert.deepEqual(
      seen,
      numbers(36).map((i) => Math.floor(i / 3)),
    )
    assert.ok(sizes.length > 1 && sizes.every((size) => size > 0 && size % 3 === 0), `${sizes}`)
  })

  test('queries of stored procedures have them, too', async () => {
    await using opened = await open({ earlyPages: 0.6, seed: 4 })
    const orders = await ordersOf(opened.client)
    await filled(orders, 60)
    const body = `function () {
      var pages = []
      next()
      function next(continuation) {
        __.queryDocuments(__.getSelfLink(), 'SELECT VALUE c.n FROM c', { continuation: continuation, pageSize: 10 }, function (e, rows, info) {
          pages.push(rows)
          if (info.continuation) next(info.continuation)
          else __.response.setBody(pages)
        })
      }
    }`
    await orders.scripts.storedProcedures.create({ id: 'read', body })
    const { resource } = await orders.scripts.storedProcedure('read').execute<number[][]>('c0')
    assert.deepEqual(
      resource?.flat(),
      numbers(30).map((n) => 2 * n),
    )
    assert.ok(resource?.some((page) => page.length < 10) && resource.length > 4, JSON.stringify(resource))
  })
})
