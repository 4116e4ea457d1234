import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CosmosPort, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import { cosmosEmulator, type InProcessEmulator } from '../../../../../src/cosmos-emulator/index.ts'

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

test('what else is done all the time', async () => {
  const { events: log, feed, viewStore, leases, snapshots } = port
  const view = { projection: 'p', version: 1, key: 'k', id: '', data: {}, incarnation: 'i', tidemarks: [] }
  const [range] = await feed.ranges()
  if (range === undefined) throw new RangeError('no range')
  const { continuation } = await feed.read(range, 'start')
  const { position } = await log.append('a:1', events(1), { expectedVersion: 10 })
  const made = events(1)
  await log.append('a:1', made, { expectedVersion: 11 })
  const first = await viewStore.save(view, 'ifAbsent')
  await leases.list()
  const { next } = (await leases.changes?.(null)) ?? { next: '' }
  const counts = {
    'read of a stream': await requestsOf(async () => {
      for await (const _ of log.read('a:1'));
    }),
    'append that was made before': await requestsOf(() => log.append('a:1', made, { expectedVersion: 11 })),
    'position of a fresh append': await requestsOf(() => log.locate(position)),
    'page of the feed': await requestsOf(() => feed.read(range, continuation)),
    'look at the feed from now on': await requestsOf(() => feed.read(range, 'now')),
    'ranges of the feed': await requestsOf(() => feed.ranges()),
    'lag, two events behind': await requestsOf(() => feed.lag(range, continuation)),
    'save of a view': await requestsOf(() => viewStore.save(view, { ifMatch: first.saved ? first.etag : '' })),
    'active version': await requestsOf(() => viewStore.get({ projection: '$versions', version: 1, key: 'p' })),
    'leases of a projection': await requestsOf(() => leases.list({ projection: 'p' })),
    'changes of leases': await requestsOf(async () => leases.changes?.(next)),
    snapshot: await requestsOf(() => snapshots.get('a:1')),
    'append by its event id': await requestsOf(() => log.findAppend('a:1', 'nowhere')),
    ping: await requestsOf(() => port.ping()),
  }
  expect(counts).toEqual({
    'read of a stream': 1,
    'append that was made before': 1,
    'position of a fresh append': 1,
    'page of the feed': 1,
    'look at the feed from now on': 2,
    'ranges of the feed': 0,
    'lag, two events behind': 2,
    'save of a view': 1,
    'active version': 1,
    'leases of a projection': 1,
    'changes of leases': 1,
    snapshot: 1,
    'append by its event id': 2,
    ping: 1,
  })
})

test('appends at once to one stream, at any version, do not race each other', async () => {
  const many = () =>
    Promise.all(Array.from({ length: 60 }, () => port.events.append('a:1', events(1), { expectedVersion: 'any' })))
  expect(await requestsOf(many)).toBe(180)
  expect((await port.events.load('a:1')).version).toBe(70)
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
