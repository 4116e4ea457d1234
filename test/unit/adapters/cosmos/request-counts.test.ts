import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CosmosPort, openCosmosPort } from '../../../../src/adapters/cosmos/index.ts'
import type { NewEventDocument } from '../../../../src/core/port/event-document.ts'
import { cosmosEmulator, type InProcessEmulator } from '../../../../src/cosmos-emulator/index.ts'

let emulator: InProcessEmulator
let client: CosmosClient
let port: CosmosPort

beforeEach(async () => {
  emulator = cosmosEmulator()
  client = new CosmosClient(emulator)
  port = await openCosmosPort(client, { database: 'd', setup: true })
  await port.events.append('a:1', events(10), { expectedVersion: 0 })
})

afterEach(async () => {
  await port.close()
  client.dispose()
})

let ids = 0
const events = (count: number): NewEventDocument[] =>
  Array.from({ length: count }, () => ({ eventType: 'E', eventData: {}, metadata: { eventId: `e${ids++}` } }))

/** How many requests reach the server, those that the SDK makes for itself included. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0
  emulator.faults = (_, response) => {
    if (response === undefined) count++
    return undefined
  }
  await work()
  emulator.faults = undefined
  return count
}

test('what is done all the time takes one request, and an append one besides the looks', async () => {
  expect(await requestsOf(() => port.events.append('a:1', events(1), { expectedVersion: 10 }))).toBe(2)
  expect(await requestsOf(() => port.events.append('a:1', events(1), { expectedVersion: 'any' }))).toBe(3)
  expect(await requestsOf(() => port.events.load('a:1'))).toBe(1)
  expect(await requestsOf(() => port.viewStore.get({ projection: 'p', version: 1, key: 'k' }))).toBe(1)
  await port.leases.list()
  expect(await requestsOf(() => port.leases.list())).toBe(1)
})

test('a load of some events takes one request, unless there may be more of them', async () => {
  const { events: all } = await port.events.load('a:1')
  for (const from of [1, 4, 10]) {
    const load = () => port.events.load('a:1', { from, limit: 500 })
    expect(await requestsOf(load)).toBe(1)
    expect(await load()).toEqual({ events: all.slice(from - 1), version: 10 })
  }
  const options = { from: 3, limit: 8, to: Number.MAX_SAFE_INTEGER }
  expect(await requestsOf(() => port.events.load('a:1', options))).toBe(2)
  expect(await port.events.load('a:1', options)).toEqual({ events: all.slice(2), version: 10 })
  expect(await port.events.load('a:1', { ...options, limit: 2 })).toEqual({ events: all.slice(2, 4), version: 10 })
  expect(await port.events.load('a:1', { from: 11, limit: 5 })).toEqual({ events: [], version: 10 })
})
