import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { Sessions } from '../../../../../src/adapters/cosmos/client/sessions/sessions.ts'
import { type AppendMode, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { PartitionMap } from '../../../../../src/adapters/cosmos/partitions/partition-map.ts'
import type { LeaseDocument } from '../../../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between, type Seen } from '../support/between.ts'

const PARTITIONS = 1024
// `1023:0#12345#3=12345#10=-1` at most, of a partition of these tests.
const ONE_TOKEN = 30
// All headers of a request, of which the SDK sends some twenty.
const ALL_HEADERS = 2_000

const bytesOf = ({ headers }: Seen): number =>
  Object.entries(headers).reduce((sum, [name, value = '']) => sum + Buffer.byteLength(`${name}: ${value}\r\n`), 0)

const tokenOf = ({ headers }: Seen): string => headers['x-ms-session-token'] ?? ''

async function start(append: AppendMode) {
  const requests: Seen[] = []
  const inner = cosmosEmulator({ partitions: PARTITIONS, sessionTokens: 'vector', gatewayIds: true })
  const client = new CosmosClient(between(inner, (request) => void requests.push(request)))
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', append, setup: true })
  onTestFinished(() => port.close())
  return { inner, requests, port }
}

const lease: LeaseDocument = {
  id: 'p:1:-FF',
  projection: 'p',
  version: 1,
  range: { min: '', max: 'FF' },
  owner: null,
  expiresAt: 0,
  continuation: null,
  readTo: 0,
  incarnation: 'i',
}

/** Fills the sessions of all containers with the tokens of all partitions. */
async function readAll({ feed, leases, viewStore, snapshots }: StoragePort): Promise<void> {
  await Promise.all((await feed.ranges()).map((range) => feed.read(range, 'start')))
  await leases.changes?.(null)
  await viewStore.query({ projection: 'p', version: 1 })
  for (let i = 0; i < 50; i++) await snapshots.get(`s:${i}`)
}

async function doEverything(port: StoragePort, turn: number): Promise<void> {
  const { events: log, feed, viewStore, leases, snapshots } = port
  for (let i = 0; i < 8; i++) {
    const streamId = `s:${turn}-${i}`
    const event = (id: string) => [{ eventType: 'E', eventData: {}, metadata: { eventId: `${streamId}-${id}` } }]
    await log.append(streamId, event('1'), { expectedVersion: i % 2 === 0 ? 0 : 'any' })
    const { position } = await log.append(streamId, event('2'), { expectedVersion: 1 })
    await log.locate(position)
    await log.findAppend(streamId, `${streamId}-2`)
    await log.load(streamId)
    await snapshots.get(streamId)
    const view = { id: '', projection: 'p', version: 1, key: streamId, data: {}, incarnation: 'i', tidemarks: [] }
    const saved = await viewStore.save(view, 'ifAbsent')
    await viewStore.save(view, { ifMatch: saved.saved ? saved.etag : '' })
    await viewStore.get({ projection: 'p', version: 1, key: streamId })
    if (i > 0) continue
    await log.tombstone(streamId, { metadata: { eventId: `${streamId}-end` } }, { expectedVersion: 2 })
    await log.erase(streamId)
  }
  const held = await leases.save({ ...lease, id: `p:${turn}:-FF` }, 'ifAbsent')
  await leases.get(`p:${turn}:-FF`)
  await leases.remove(`p:${turn}:-FF`, held.saved ? held.etag : '')
  const ranges = await feed.ranges()
  for (const range of ranges.slice(0, 5)) await feed.lag(range, (await feed.read(range, 'start')).continuation)
  await viewStore.getMany('p', 1, [`s:${turn}-1`, `s:${turn}-2`])
  await port.ping()
}

test.each(['transactionalBatch', 'storedProcedure'] as const)(
  'of 1,024 partitions, no request bears the tokens of more than one, append: %s',
  { timeout: 120_000 },
  async (append) => {
    const { inner, requests, port } = await start(append)
    await readAll(port)
    requests.length = 0
    await doEverything(port, 1)
    for (const container of ['events', 'views'])
      for (const { id } of inner.partitions('d', container).slice(100, 300)) inner.split('d', container, id)
    await doEverything(port, 2)
    const longest = Math.max(...requests.map((request) => tokenOf(request).length))
    expect([longest > 10, longest <= ONE_TOKEN]).toEqual([true, true])
    expect(requests.filter((request) => tokenOf(request).includes(','))).toEqual([])
    expect(Math.max(...requests.map(bytesOf))).toBeLessThan(ALL_HEADERS)
  },
)

test('a request to a partition that the map lacks bears its own token and no other', () => {
  const map = new PartitionMap()
  const sessions = new Sessions(map)
  for (let id = 0; id < PARTITIONS; id++) sessions.merge(`${id}:-1#${id + 1}`)
  map.known = [{ id: '2000', min: '', max: 'FF', parents: [] }]
  expect(sessions.tokenFor({ partition: '7' })).toBe('7:-1#8')
  expect(sessions.tokenFor({ partition: '1999' })).toBeUndefined()
})
