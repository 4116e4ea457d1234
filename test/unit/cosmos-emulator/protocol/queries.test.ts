import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

describe.each(TRANSPORTS)('queries, %s', (_, open) => {
  test('over one and over several partitions page through everything', async () => {
    await using opened = await open({ partitions: 3 })
    const orders = await ordersOf(opened.client)
    for (let n = 0; n < 30; n++) await orders.items.create({ id: `${n}`, customer: `c${n % 5}`, n })
    const all = Array.from({ length: 30 }, (_, n) => n)
    const run = async (query: string) => (await orders.items.query(query, { maxItemCount: 4 }).fetchAll()).resources
    assert.deepEqual(
      (await run('SELECT VALUE c.n FROM c')).toSorted((a, b) => a - b),
      all,
    )
    assert.deepEqual(await run('SELECT VALUE c.n FROM c ORDER BY c.n DESC'), all.toReversed())
    assert.deepEqual(await run('SELECT VALUE COUNT(1) FROM c WHERE c.n >= 10'), [20])
    assert.deepEqual(await run('SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 3 LIMIT 4'), [3, 4, 5, 6])
    assert.equal((await orders.items.readAll({ maxItemCount: 7 }).fetchAll()).resources.length, 30)
    const query = { query: 'SELECT VALUE c.n FROM c WHERE c.n > @n', parameters: [{ name: '@n', value: 10 }] }
    const ofOne = orders.items.query(query, { partitionKey: 'c1', maxItemCount: 2 })
    assert.deepEqual((await ofOne.fetchAll()).resources, [11, 16, 21, 26])
  })

  test('of aggregates may name an order, which changes nothing', async () => {
    await using opened = await open({ partitions: 3 })
    const orders = await ordersOf(opened.client)
    for (let n = 0; n < 10; n++) await orders.items.create({ id: `${n}`, customer: `c${n % 5}`, n })
    await orders.items.create({ id: 'none', customer: 'c0', n: 'text' })
    for (const [aggregate, whole, ofOne] of [
      ['AVG(c.n)', 4.5, 3.5],
      ['COUNT(c.n)', 10, 2],
      ['MAX(c.n)', 9, 6],
      ['MIN(c.n)', 0, 1],
      ['SUM(c.n)', 45, 7],
    ]) {
      const query = `SELECT VALUE ${aggregate} FROM c WHERE IS_NUMBER(c.n) ORDER BY c.n`
      assert.deepEqual((await orders.items.query(query).fetchAll()).resources, [whole])
      assert.deepEqual((await orders.items.query(query, { partitionKey: 'c1' }).fetchAll()).resources, [ofOne])
    }
    const grouped = orders.items.query(
      'SELECT c.customer, COUNT(1) AS n FROM c GROUP BY c.customer ORDER BY c.customer',
    )
    await assert.rejects(grouped.fetchAll(), { code: 400 })
  })

  test('go on where they were when their partition was split or merged', async () => {
    await using opened = await open({ partitions: 2 })
    const orders = await ordersOf(opened.client)
    for (let n = 0; n < 40; n++) await orders.items.create({ id: `${n}`, customer: `c${n}` })
    const query = orders.items.query('SELECT VALUE c.id FROM c', { maxItemCount: 5 })
    const seen: string[] = []
    for (let page = 0; query.hasMoreResults(); page++) {
      seen.push(...((await query.fetchNext()).resources ?? []))
      if (page === 0) opened.emulator.split('shop', 'orders', '0')
      if (page === 1) opened.emulator.merge('shop', 'orders', '3', '1')
    }
    assert.deepEqual(
      seen.map(Number).sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, n) => n),
    )
  })
})
