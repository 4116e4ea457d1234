import { type CommandStartedEvent, type Document, MongoClient } from 'mongodb'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../src/adapters/mongo/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { collect, events, grow } from '../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../src/testing/conformance/support/feed.ts'
import { keysOf, saveViews, view } from '../../../src/testing/conformance/support/views.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'

const server = await findServer()
// Whatever makes results others, and promises weaker, where it is not overruled.
const client = new MongoClient(server ?? 'mongodb://127.0.0.1', {
  monitorCommands: true,
  readPreference: 'secondaryPreferred',
  readConcernLevel: 'local',
  w: 1,
  retryWrites: false,
  promoteValues: false,
  ignoreUndefined: false,
  useBigInt64: false,
})
let database = ''
const databases: string[] = []
let commands: CommandStartedEvent[] = []
client.on('commandStarted', (event) => {
  if (event.databaseName === database || event.commandName === 'commitTransaction') commands.push(event)
})

const READS = new Set(['find', 'aggregate', 'distinct', 'count'])
const WRITES = new Set(['insert', 'update', 'delete', 'commitTransaction', 'createIndexes', 'findAndModify'])

/** Does whatever the port can do. */
async function useAll(port: StoragePort): Promise<void> {
  await grow(port, 'a:1', 3)
  const ids = events(2)
  const { position } = await port.events.append('a:1', ids, { expectedVersion: 'any' })
  await port.events.append('a:1', ids, { expectedVersion: 'any' })
  await port.events.append('a:1', events(1), { expectedVersion: 0 }).catch(() => {})
  await port.events.load('a:1', { from: 2 })
  await port.events.load('a:1', { direction: 'backwards', limit: 1 })
  await port.events.findAppend('a:1', ids[0]?.metadata.eventId ?? '')
  const recorded = { from: new Date(0), to: new Date() }
  await collect(port.events.query({ types: ['E', 'F'], category: 'a', recorded, where: { n: 1 } }))
  await collect(port.events.query({}))
  await port.events.locate(position)
  await wholeFeed(port)
  await grow(port, 'a:2', 3)
  for (const range of await port.feed.ranges()) {
    for (const from of ['start', 'now', new Date(0), new Date()] as const) {
      await port.feed.read(range, from, { limit: 2 })
      await port.feed.lag(range, from)
    }
  }
  await port.events.tombstone('a:2', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
  await port.events.erase('a:2')
  await port.viewStore.index?.('overview', 1, ['n'])
  await saveViews(port, Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, { n, other: n % 3 }])))
  const { etag = '' } = (await port.viewStore.get(view('k1', {}))) ?? {}
  await port.viewStore.save(view('k1', { n: 7 }), { ifMatch: etag })
  await port.viewStore.getMany('overview', 1, ['k1', 'k2'])
  for (const orderBy of [undefined, { field: 'n' }, { field: 'n', direction: 'descending' }] as const) {
    await keysOf(port, { ...(orderBy && { orderBy }), limit: 6 })
    await keysOf(port, { where: { n: { gt: 3 } }, ...(orderBy && { orderBy }), limit: 6 })
  }
  const range = { min: '', max: 'FF' }
  const state = { range, owner: null, expiresAt: 0, continuation: null, readTo: 0, incarnation: '' }
  const lease = await port.leases.save({ id: 'l', projection: 'p', version: 1, ...state }, 'ifAbsent')
  await port.leases.list({ projection: 'p', version: 1 })
  await port.leases.remove('l', lease.saved ? lease.etag : '')
  const snapshot = { id: 'a:1', version: 1, state: null, definition: '', incarnation: '', takenAt: '' }
  await port.snapshots.save(snapshot)
  await port.snapshots.get('a:1')
  await port.snapshots.remove('a:1')
}

describe.skipIf(server === undefined)('whatever the defaults of a client are', () => {
  afterAll(async () => {
    await dropDatabases(client, databases)
    await client.close()
  })
  beforeEach(() => {
    commands = []
    database = newDatabaseName()
    databases.push(database)
  })

  it('reads are of the majority and the primary, and writes wait for the journals of a majority', async () => {
    await using port = await openMongoPort(client, { database, slots: 2 })
    await useAll(port)
    const seen = new Set<string>()
    for (const { commandName, command } of commands) {
      seen.add(commandName)
      const inTransaction = command.autocommit === false
      const what = JSON.stringify(command)
      expect([undefined, 'primary'], what).toContain(command.$readPreference?.mode)
      const isRead = READS.has(commandName) || command.startTransaction === true
      if (isRead && (!inTransaction || command.startTransaction))
        expect(command.readConcern?.level, what).toBe('majority')
      const isWrite = WRITES.has(commandName) && (!inTransaction || commandName === 'commitTransaction')
      if (isWrite) expect(command.writeConcern, what).toMatchObject({ w: 'majority', j: true })
    }
    for (const name of ['find', 'insert', 'update', 'delete', 'commitTransaction']) expect(seen).toContain(name)
  })

  it('every search goes by an index', async () => {
    await using port = await openMongoPort(client, { database, slots: 2 })
    await useAll(port)
    const searches = new Map<string, Document>()
    for (const { commandName, command } of commands) {
      if (commandName !== 'find') continue
      const { find, filter, sort, limit, hint, projection } = command
      const search = Object.fromEntries(
        Object.entries({ find, filter, sort, limit, hint, projection }).filter(([, value]) => value !== undefined),
      )
      searches.set(`${find} ${shapeOf(filter)} ${JSON.stringify([...(sort ?? [])])}`, search)
    }
    expect(searches.size).toBeGreaterThan(15)
    const small = new Set(['storage', 'slots', 'leases'])
    for (const [name, search] of searches) {
      const { queryPlanner } = await client.db(database).command({ explain: search, verbosity: 'queryPlanner' })
      const stages = JSON.stringify(queryPlanner.winningPlan)
      const isWhole = Object.keys(search.filter ?? {}).length === 0
      if (!(small.has(search.find) && isWhole)) expect(stages, name).not.toContain('COLLSCAN')
      // A search that sorts reads all there is, for a page of it. By the field of an index none does.
      const isByIndex = !JSON.stringify(search.filter).includes('$nor')
      if (isByIndex) expect(stages, name).not.toContain('"stage":"SORT"')
    }
  })
})

const shapeOf = (filter: unknown): string =>
  JSON.stringify(filter, (_, value) => (typeof value === 'string' || typeof value === 'number' ? '?' : value))
