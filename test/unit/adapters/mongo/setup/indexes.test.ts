import { type CommandStartedEvent, type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { DEFINITIONS } from '../../../../../src/adapters/mongo/setup/definitions.ts'
import type { EventDocument } from '../../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { collect, events } from '../../../../../src/testing/conformance/support/events.ts'
import { keysOf } from '../../../../../src/testing/conformance/support/views.ts'
import { planOf, type Search, searchesOf } from '../../../../support/mongo/searches.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'
import { useAll } from '../../../../support/mongo/use-all.ts'

const server = await findServer()

describe.skipIf(server === undefined)('the indexes', () => {
  const client = new MongoClient(server ?? 'mongodb://127.0.0.1', { monitorCommands: true })
  const name = newDatabaseName()
  const database: Db = client.db(name)
  let commands: CommandStartedEvent[] = []
  let port: StoragePort

  beforeAll(async () => {
    client.on('commandStarted', (event) => {
      if (event.databaseName === name) commands.push(event)
    })
    port = await openMongoPort(client, { database: name, slots: 2 })
    await useAll(port)
  })
  afterAll(async () => {
    await port?.close()
    await dropDatabases(client, [name])
    await client.close()
  })

  /** What is searched for when something is done. */
  async function searchesWhile(work: () => Promise<unknown>): Promise<Search[]> {
    const before = commands
    commands = []
    try {
      await work()
      return searchesOf(commands)
    } finally {
      commands = [...before, ...commands]
    }
  }

  it('serve every search, and nothing is sorted that has none', async () => {
    const searches = searchesOf(commands)
    const names = new Set(searches.map(({ command }) => Object.keys(command)[0]))
    expect([...names].toSorted()).toEqual(['aggregate', 'delete', 'distinct', 'find', 'update'])
    for (const search of searches) {
      const { shape, collection, command } = search
      const { stages } = await planOf(database, search)
      // The slots and the leases are asked for as a whole, and so is what else is there before a storage is made.
      const isWhole = command.find === collection && Object.keys(command.filter ?? {}).length === 0
      if (!isWhole) expect(stages, shape).not.toContain('COLLSCAN')
      // Of views that have no place in the order of a field, and come behind it by their keys, the few are sorted.
      if (!shape.includes('$nor')) expect(stages, shape).not.toContain('SORT')
    }
  })

  it('are all used', async () => {
    const used = new Map<string, number>()
    for (const collection of Object.keys(DEFINITIONS)) {
      for (const { name: index, accesses } of await database
        .collection(collection)
        .aggregate([{ $indexStats: {} }])
        .toArray()) {
        used.set(`${collection} ${index}`, Number(accesses.ops))
      }
    }
    const defined = Object.entries(DEFINITIONS).flatMap(([collection, { indexes }]) =>
      indexes.map(({ options }) => `${collection} ${options.name}`),
    )
    const ofViews = ['ascending', 'descending'].map((direction) => `views overview:1:n:${direction}`)
    for (const index of [...defined, ...ofViews]) expect(used.get(index), index).toBeGreaterThan(0)
  })

  it('of a field that a projection names serve what selects and orders by it', async () => {
    for (const [query, index] of [
      [{ where: { n: 3 } }, 'ascending'],
      [{ orderBy: { field: 'n' } }, 'ascending'],
      [{ where: { n: { gt: 3 } }, orderBy: { field: 'n' } }, 'ascending'],
      [{ orderBy: { field: 'n', direction: 'descending' } }, 'descending'],
      [{ where: { n: { lte: 3 } }, orderBy: { field: 'n', direction: 'descending' } }, 'descending'],
    ] as const) {
      const [first] = await searchesWhile(() => keysOf(port, query))
      const { stages, indexes } = await planOf(database, first as Search)
      expect(indexes, JSON.stringify(query)).toEqual([expect.stringMatching(/^overview:1:n:/)])
      if ('orderBy' in query) expect(indexes).toEqual([`overview:1:n:${index}`])
      expect(stages).not.toContain('SORT')
    }
  })

  it('serve a query across more types of events than the server merges at once', async () => {
    const appends = Array.from({ length: 260 }, (_, i) => {
      const recorded = events(2).map((event, n) => ({ ...event, eventType: `Type${(i * 7 + n) % 260}` }))
      return port.events.append(`types:${i}`, recorded, { expectedVersion: 0 })
    })
    await Promise.all(appends)
    let found: EventDocument[] = []
    const searches = await searchesWhile(async () => {
      found = await collect(port.events.query({ category: 'types' }))
    })
    for (const search of searches) expect((await planOf(database, search)).stages).not.toContain('SORT')
    expect(found).toHaveLength(520)
    const order = found.map(({ metadata, stream }) => `${metadata.recordedAt} ${stream.id} ${stream.version}`)
    expect(order).toEqual(order.toSorted())
    expect((await collect(port.events.query({ category: 'types', limit: 7 }))).map(({ id }) => id)).toEqual(
      found.slice(0, 7).map(({ id }) => id),
    )
  })
})
