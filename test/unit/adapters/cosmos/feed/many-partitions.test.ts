import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { LeaseDocument } from '../../../../../src/core/port/lease-store.ts'
import type { ViewDocument } from '../../../../../src/core/port/view-store.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between, isFeed, type Seen } from '../support/between.ts'

const PARTITIONS = 256
// `255:-1#12`
const ONE_TOKEN = 12

async function start() {
  const requests: Seen[] = []
  const inner = cosmosEmulator({ partitions: (_, container) => (container === 'leases' ? 1 : PARTITIONS) })
  const emulator = between(inner, (request) => void requests.push(request))
  const open = async () => {
    const client = new CosmosClient(emulator)
    onTestFinished(() => client.dispose())
    const port = await openCosmosPort(client, { database: 'd', setup: true })
    onTestFinished(() => port.close())
    return port
  }
  return { inner, requests, open }
}

const longest = (requests: readonly Seen[]): number =>
  Math.max(...requests.map(({ headers }) => headers['x-ms-session-token']?.length ?? 0))

const viewOf = (projection: string, key: string): ViewDocument => ({
  id: '',
  projection,
  version: 1,
  key,
  data: {},
  incarnation: 'i',
  tidemarks: [],
})

const leaseOf = (projection: string): LeaseDocument => ({
  id: `${projection}:1:-FF`,
  projection,
  version: 1,
  range: { min: '', max: 'FF' },
  owner: null,
  expiresAt: 0,
  continuation: null,
  readTo: 0,
  incarnation: 'i',
})

test('a request bears the session of its own partition, also where that was split since', async () => {
  const { inner, requests, open } = await start()
  const port = await open()
  const append = (i: number, version: number) =>
    port.events.append(`s:${i}`, [{ eventType: 'E', eventData: {}, metadata: { eventId: `e${version}` } }], {
      expectedVersion: version - 1,
    })
  for (let i = 0; i < 300; i++) await append(i, 1)
  requests.length = 0
  inner.staleReads = 5
  for (let i = 0; i < 300; i += 10) {
    await append(i, 2)
    expect((await port.events.load(`s:${i}`)).version).toBe(2)
  }
  for (const range of (await port.feed.ranges()).slice(0, 20)) await port.feed.read(range, 'start')
  expect(longest(requests)).toBeLessThanOrEqual(ONE_TOKEN)
  for (const { id } of inner.partitions('d', 'events').slice(0, 60)) inner.split('d', 'events', id)
  for (let i = 0; i < 300; i += 10) {
    await append(i, 3)
    expect((await port.events.load(`s:${i}`)).version).toBe(3)
  }
  expect(longest(requests)).toBeLessThanOrEqual(ONE_TOKEN)
})

test('a worker reads any number of ranges in one request each', async () => {
  const { requests, open } = await start()
  const port = await open()
  const ranges = await port.feed.ranges()
  const places = await Promise.all(ranges.map((range) => port.feed.read(range, 'start')))
  for (let round = 0; round < 2; round++) {
    requests.length = 0
    await Promise.all(ranges.map((range, i) => port.feed.read(range, places[i]?.continuation ?? 'start')))
    expect([requests.length, requests.filter(isFeed).length]).toEqual([PARTITIONS, PARTITIONS])
  }
})

test('a lease carries the sessions of the partitions that its projection wrote to, and of no other', async () => {
  const { inner, open } = await start()
  const [port, other] = [await open(), await open()]
  for (let i = 0; i < 100; i++) await port.viewStore.save(viewOf('many', `k${i}`), 'ifAbsent')
  await port.viewStore.save(viewOf('one', 'k'), 'ifAbsent')
  await port.leases.save(leaseOf('one'), 'ifAbsent')
  await port.leases.save(leaseOf('none'), 'ifAbsent')
  const client = new CosmosClient(inner)
  onTestFinished(() => client.dispose())
  const storedOf = async (projection: string) => {
    const { id } = leaseOf(projection)
    return (await client.database('d').container('leases').item(id, id).read()).resource
  }
  expect((await storedOf('one')).session).toMatch(/^\d+:-1#\d+$/)
  expect((await storedOf('none')).session).toBeUndefined()

  // What the next owner saves holds for what this one wrote, too.
  inner.staleReads = (_, container) => (container === 'views' ? 9 : 0)
  const found = await other.leases.get(leaseOf('one').id)
  expect((await other.viewStore.get({ projection: 'one', version: 1, key: 'k' }))?.document.key).toBe('k')
  const taken = await other.leases.save({ ...leaseOf('one'), owner: 'other' }, { ifMatch: found?.etag ?? '' })
  expect(taken.saved).toBe(true)
  expect((await storedOf('one')).session).toMatch(/^\d+:-1#\d+$/)
})

test('where a projection wrote to more partitions than a lease can name, its readers ask the primary replicas', async () => {
  const { inner, requests, open } = await start()
  const [port, other] = [await open(), await open()]
  inner.staleReads = (_, container) => (container === 'views' ? 9 : 0)
  const keys = Array.from({ length: 300 }, (_, i) => `k${i}`)
  for (const key of keys) await port.viewStore.save(viewOf('p', key), 'ifAbsent')
  await port.leases.save(leaseOf('p'), 'ifAbsent')
  const saved = requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/leases/docs')).at(-1)
  expect(saved?.body.length).toBeLessThan(1500)
  const [lease] = await other.leases.list()
  expect(lease?.document).toEqual(leaseOf('p'))
  const found = await other.viewStore.getMany('p', 1, keys)
  expect(found.size).toBe(keys.length)
  for (const key of keys.slice(0, 5))
    expect(await other.viewStore.get({ projection: 'p', version: 1, key })).toBeDefined()
})
