import assert from 'node:assert/strict'
import { validateHeaderValue } from 'node:http'
import { CosmosClient } from '@azure/cosmos'
import { expect } from 'vitest'
import { cosmosEmulator, type InProcessEmulator } from '../../../../src/cosmos-emulator/index.ts'
import type { RawResponse } from '../support/raw-requests.ts'

// Addresses and headers of the emulator that newEmulator makes.
export const DOCS = '/dbs/shop/colls/orders/docs'
export const SPROCS = '/dbs/shop/colls/orders/sprocs'
export const KEY = { 'x-ms-documentdb-partitionkey': '["ann"]' }
export const QUERY = { 'x-ms-documentdb-isquery': 'True', 'content-type': 'application/query+json' }
export const PLAN = { ...QUERY, 'x-ms-cosmos-is-query-plan-request': 'True' }
export const BATCH = { ...KEY, 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-cosmos-batch-atomic': 'True' }
export const BULK = { 'x-ms-cosmos-is-batch-request': 'True', 'x-ms-documentdb-partitionkeyrangeid': '0' }
export const FEED = { 'a-im': 'Incremental Feed' }
export const UPSERT = { 'x-ms-documentdb-is-upsert': 'True' }

/** The JSON of a value. */
export const json = (value: unknown): string => JSON.stringify(value)

/** An emulator with two partitions, two documents and a stored procedure. */
export async function newEmulator(): Promise<InProcessEmulator> {
  const emulator = cosmosEmulator({ partitions: 2, seed: 1 })
  const { endpoint, key, httpClient } = emulator
  const client = new CosmosClient({ endpoint, key, httpClient })
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/customer' })
  await container.items.create({ id: '1', customer: 'ann', n: 1, list: [1, 'a', null] })
  await container.items.create({ id: '2', customer: 'bob', n: 2 })
  await container.scripts.storedProcedures.create({ id: 'echo', body: 'function (a) { __.response.setBody(a) }' })
  client.dispose()
  return emulator
}

/** What every answer is, however odd the request. */
export function check({ status, headers, body }: RawResponse): void {
  expect([200, 201, 204, 207, 304, 400, 401, 404, 408, 409, 410, 412, 413, 501]).toContain(status)
  for (const [name, value] of headers) validateHeaderValue(name, value)
  assert.ok(headers.get('x-ms-activity-id'))
  assert.ok(Number.isFinite(Number(headers.get('x-ms-request-charge'))))
  if (status < 400) return
  const { code, message, additionalErrorInfo, ...rest } = JSON.parse(body)
  assert.deepEqual([typeof code, typeof message, rest], ['string', 'string', {}])
  // No trace of what the emulator itself is made of.
  assert.doesNotMatch(body, /server-api|node:|cosmos-emulator\/|\.ts:\d/)
}
