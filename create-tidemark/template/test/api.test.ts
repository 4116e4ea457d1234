import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startProcessor, withViews } from 'tidemark'
import { defineConsumer } from 'tidemark/messaging'
import { openMemory } from 'tidemark/testing'
import { buildApi } from '../src/api.ts'
import { contract } from '../src/contract.ts'
import announceCheckouts from '../src/worker/announce-checkouts.ts'
import cartOverview from '../src/worker/cart-overview.ts'

// The API and what the worker runs, on a storage in memory.
const announced = Promise.withResolvers<unknown>()
const group = defineConsumer(contract, { group: 'test', on: { checkedOut: (call) => announced.resolve(call) } })
const storage = withViews(openMemory())
const processor = await startProcessor(storage, [cartOverview, announceCheckouts(storage), group])
const api = buildApi(storage)

after(async () => {
  await api.close()
  await processor.stop()
  await storage.close()
})

const add = (id: string, payload: object) => api.inject({ method: 'POST', url: `/carts/${id}/items`, payload })
const checkOut = (id: string) => api.inject({ method: 'POST', url: `/carts/${id}/checkout` })

test('a cart that is read with the position of a write contains it', async () => {
  const added = await add('1', { sku: 'tea', quantity: 2 })
  assert.equal(added.statusCode, 201)
  const position = added.headers['tidemark-position']
  const read = await api.inject({ url: '/carts/1', headers: { 'tidemark-position': position } })
  assert.deepEqual(read.json(), { pieces: 2, checkedOut: false })
})

test('a checkout is announced with the items of the cart', async () => {
  await add('2', { sku: 'cup', quantity: 4 })
  assert.equal((await checkOut('2')).statusCode, 200)
  assert.deepEqual(await announced.promise, { cartId: '2', items: [{ sku: 'cup', quantity: 4 }] })
})

test('a quantity that the schema refuses is a bad request that names it', async () => {
  const refused = await add('3', { sku: 'tea', quantity: 0 })
  assert.equal(refused.statusCode, 400)
  assert.equal(refused.json().code, 'InvalidEventData')
})

test('an empty cart cannot be checked out', async () => {
  const refused = await checkOut('4')
  assert.equal(refused.statusCode, 409)
  assert.equal(refused.json().code, 'CartIsEmpty')
})

test('a cart without events is not found', async () => {
  assert.equal((await api.inject({ url: '/carts/5' })).statusCode, 404)
})
