import assert from 'node:assert/strict'
import { CosmosClient } from '@azure/cosmos'
import { expect, test } from 'vitest'
import { cosmosEmulator, startCosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { ordersOf } from '../support/emulators.ts'

const OTHER_KEY = Buffer.from('another key').toString('base64')

test('a wrong key is refused, and nothing happens', async () => {
  const { endpoint, key, httpClient } = cosmosEmulator()
  const right = new CosmosClient({ endpoint, key, httpClient })
  const orders = await ordersOf(right)
  const wrong = new CosmosClient({ endpoint, key: OTHER_KEY, httpClient })
  const refused = { code: 401, body: { code: 'Unauthorized', message: expect.stringContaining('ActivityId') } }
  await expect(wrong.databases.create({ id: 'mine' })).rejects.toMatchObject(refused)
  const container = wrong.database('shop').container('orders')
  await expect(container.item('1', 'ann').read()).rejects.toMatchObject(refused)
  await expect(container.items.query('SELECT * FROM c').fetchAll()).rejects.toMatchObject(refused)
  assert.equal((await right.databases.readAll().fetchAll()).resources.length, 1)
  assert.equal((await orders.items.readAll().fetchAll()).resources.length, 0)
  right.dispose()
  wrong.dispose()
})

test('an emulator has the key that it was given', async () => {
  const { endpoint, key, httpClient } = cosmosEmulator({ key: OTHER_KEY })
  assert.equal(key, OTHER_KEY)
  const client = new CosmosClient({ endpoint, key, httpClient })
  await ordersOf(client)
  client.dispose()
})

test('a token of Entra ID is taken when it is accepted', async () => {
  const emulator = cosmosEmulator({ acceptsToken: (token) => token === 'good' })
  const { endpoint, httpClient } = emulator
  const clientWith = (token: string) =>
    new CosmosClient({
      endpoint,
      httpClient,
      aadCredentials: { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    })
  const good = clientWith('good')
  await ordersOf(good)
  const bad = clientWith('bad')
  await expect(bad.database('shop').read()).rejects.toMatchObject({ code: 401 })
  good.dispose()
  bad.dispose()
})

test('a request without authorization is refused', async () => {
  const emulator = await startCosmosEmulator()
  const response = await fetch(`${emulator.endpoint}dbs`)
  assert.equal(response.status, 401)
  assert.equal(((await response.json()) as { code: string }).code, 'Unauthorized')
  await emulator.close()
})
