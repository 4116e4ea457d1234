import assert from 'node:assert/strict'
import { describe, expect, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

const status = (done: Promise<{ statusCode: number }>): Promise<unknown> =>
  done.then(
    ({ statusCode }) => statusCode,
    ({ code }) => code,
  )

// The column Gateway of CosmosItemIdEncodingTestsBase.cs in the SDK for .NET.
const REFUSED: readonly (readonly [id: string, status: number])[] = [
  ['Test ', 401],
  ['Test  ', 401],
  ['IdEndingWithPercentEncodedWhitespace%20', 401],
  ['WithPercentEncodedSpecialChar%E9%B1%80', 401],
  ['50%25', 401],
  ['With\rCarriageReturn', 400],
  ['With\tTab', 400],
  ['With\nLineFeed', 400],
]
const TAKEN = [
  'Test',
  'This is a test',
  ' Test',
  'WithUnicode鱀',
  'WithAllowedSpecial,=.:~+-@()^$[]{}!_Chars',
  '100% sure',
  'a%b',
  '%',
]

describe.each(TRANSPORTS)('ids of documents in addresses, %s', (_, open) => {
  test('as the gateway reads them, some can be created, queried and deleted by a procedure only', async () => {
    await using opened = await open({ gatewayIds: true })
    const orders = await ordersOf(opened.client)
    for (const [id, expected] of [...REFUSED, ...TAKEN.map((id) => [id, 200] as const)]) {
      const document = { id, customer: 'ann' }
      assert.equal(await status(orders.items.create(document)), 201)
      const item = orders.item(id, 'ann')
      assert.deepEqual([id, await status(item.read())], [id, expected])
      assert.deepEqual([id, await status(item.replace(document))], [id, expected])
      assert.deepEqual([id, await status(orders.items.upsert(document))], [id, 200])
      assert.deepEqual([id, await status(item.delete())], [id, expected === 200 ? 204 : expected])
    }
    const { resources } = await orders.items.query('SELECT VALUE c.id FROM c').fetchAll()
    expect(resources.toSorted()).toEqual(REFUSED.map(([id]) => id).toSorted())
    const remove = REFUSED.map(([id]) => ({ operationType: 'Delete' as const, id }))
    assert.equal((await orders.items.batch(remove, 'ann')).code, 200)
  })

  test('as they were sent, all of them can be read', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    for (const id of [...REFUSED.map(([id]) => id), ...TAKEN]) {
      await orders.items.create({ id, customer: 'ann' })
      assert.equal(await status(orders.item(id, 'ann').read()), 200)
    }
  })
})

test('names of databases, containers and procedures are read as they were sent either way', async () => {
  await using opened = await TRANSPORTS[0][1]({ gatewayIds: true })
  const id = 'x%20y'
  const { database } = await opened.client.databases.create({ id })
  const { container } = await database.containers.create({ id, partitionKey: '/k' })
  await container.items.create({ id: '1', k: 'x' })
  assert.equal(await status(container.item('1', 'x').read()), 200)
  const { storedProcedure } = await container.scripts.storedProcedures.create({ id, body: 'function () {}' })
  assert.equal(await status(storedProcedure.execute('x', [])), 200)
})
