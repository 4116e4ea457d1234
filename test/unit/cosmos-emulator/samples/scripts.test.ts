import assert from 'node:assert/strict'
import type { Container, CosmosClient, PartitionKey } from '@azure/cosmos'
import { describe, test } from 'vitest'
import { openInProcess, TRANSPORTS } from '../support/emulators.ts'
import * as queries from './scripts/java-script-queries.ts'
import * as reading from './scripts/reading.ts'
import * as transactions from './scripts/transactions.ts'
import * as writing from './scripts/writing.ts'

// The samples pass undefined, which the types of the SDK do not take.
const NONE = undefined as unknown as PartitionKey

type Script = (...parameters: never[]) => void

/** A container without a partition key of its own, as the samples make it. */
async function containerOf(client: CosmosClient): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: 'samples' })
  return (await database.containers.createIfNotExists({ id: 'things' })).container
}

/** Registers a script once, and runs it as often as it is asked to. */
async function runner(container: Container, body: Script) {
  const { storedProcedure } = await container.scripts.storedProcedures.create({ id: body.name, body: String(body) })
  return async (...parameters: unknown[]) => (await storedProcedure.execute(NONE, parameters)).resource
}

const documents = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `d${i}`, n: i, type: i % 3 === 0 ? 'session' : 'order' }))

describe.each(TRANSPORTS)('samples of stored procedures, %s', (_, open) => {
  // ServerSideScripts of the SDK's samples-dev: the procedure is given as a function.
  test('one that creates or, on a conflict, replaces', async () => {
    await using opened = await open()
    const container = await containerOf(opened.client)
    const { sproc } = await container.scripts.storedProcedures.create({ id: 'upsert', body: writing.upsert })
    const run = async (document: object) => (await sproc.execute(NONE, [document])).resource
    assert.deepEqual(await run({ id: 'myDocument', foo: 'bar' }), { op: 'created' })
    assert.deepEqual(await run({ id: 'myDocument', foo: 'baz' }), { op: 'replaced' })
    assert.equal((await container.item('myDocument').read()).resource?.foo, 'baz')
  })

  // BulkUpdateWithSproc of the SDK's samples-dev.
  test('one that updates page by page, with the continuation handed to the client', async () => {
    await using opened = await open()
    const container = await containerOf(opened.client)
    for (let i = 0; i < 20; i++) await container.items.create({ id: `${i}`, state: 'closed' })
    const { storedProcedure } = await container.scripts.storedProcedures.create({
      id: 'queryAndBulkUpdate',
      body: writing.openPage,
    })
    const updateAll = async (partitionKey: PartitionKey) => {
      const updated: string[] = []
      let continuation: string | undefined
      do {
        const { resource } = await storedProcedure.execute(partitionKey, [continuation])
        updated.push(...resource.updated)
        continuation = resource.continuation
      } while (continuation !== undefined)
      return updated
    }
    // The sample passes null, which is a partition key of its own: these items have none.
    assert.deepEqual(await updateAll(null), [])
    assert.equal(new Set(await updateAll(NONE)).size, 20)
    const closed = await container.items.query('SELECT * FROM c WHERE c.state = "closed"').fetchAll()
    assert.equal(closed.resources.length, 0)
  })
})

// Patterns of samples/stored-procedures of https://github.com/Azure/azure-cosmosdb-js-server, now and formerly.
describe('samples of the server API', () => {
  test('a bulk import answers how many it made', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    const bulkImport = await runner(container, writing.bulkImport)
    assert.equal(await bulkImport(documents(60)), 60)
    assert.equal(await bulkImport([]), 0)
    await assert.rejects(bulkImport(documents(1)), { code: 400, substatus: 409 })
    assert.equal((await container.items.readAll().fetchAll()).resources.length, 60)
  })

  test('a count in steps of 25, with or without a query', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await (await runner(container, writing.bulkImport))(documents(60))
    const count = await runner(container, reading.count)
    const steps = async (query: string | null) => {
      const counts: number[] = []
      let continuation: string | null = ''
      do {
        const answered: { count: number; continuation: string | null } = await count(query, continuation)
        counts.push(answered.count)
        continuation = answered.continuation
      } while (continuation !== null)
      return counts
    }
    assert.deepEqual(await steps(null), [25, 25, 10])
    assert.deepEqual(await steps("SELECT * FROM docs WHERE docs.type = 'order'"), [25, 15])
  })

  test('a bulk delete queries and deletes by turns until nothing is left', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await (await runner(container, writing.bulkImport))(documents(250))
    const bulkDelete = await runner(container, writing.bulkDelete)
    const answered = await bulkDelete("SELECT c._self FROM c WHERE c.type = 'order'")
    assert.deepEqual(answered, { deleted: 166, continuation: false })
    assert.equal((await container.items.readAll().fetchAll()).resources.length, 84)
  })

  test('an update by operators keeps to the ETag that it read', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await (await runner(container, writing.bulkImport))(documents(3))
    const update = await runner(container, writing.update)
    const updated = await update('d1', { $inc: { n: 5 }, $set: { message: 'hello' } })
    assert.deepEqual([updated.n, updated.message], [6, 'hello'])
    await assert.rejects(
      update('none', {}),
      ({ code, message }) => code === 400 && message.includes('no such document'),
    )
  })

  test('the first document, behind a prefix; the whole, ordered by the script', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    const first = await runner(container, reading.first)
    assert.equal(await first('> '), 'no documents')
    await (await runner(container, writing.bulkImport))(documents(120).toReversed())
    assert.match(await first('> '), /^> \{"id":"d119"/)
    const ordered = await (await runner(container, reading.orderBy))(null, 'n')
    assert.deepEqual(
      ordered.map(({ n }: { n: number }) => n),
      documents(120).map(({ n }) => n),
    )
  })

  // The table of functions at https://learn.microsoft.com/azure/cosmos-db/nosql/javascript-query-api.
  test('queries in JavaScript: filter, map, pluck, flatten, sortBy, unwind, chained or alone', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await (await runner(container, writing.bulkImport))([
      {
        id: 'a',
        age: 40,
        kids: [
          { name: 'x', pets: ['p', 'q'] },
          { name: 'y', pets: [] },
        ],
      },
      { id: 'b', age: 30, kids: [{ name: 'z', pets: ['r'] }] },
      { id: 'c', age: 50, kids: [] },
    ])
    const ask = await runner(container, queries.javaScriptQueries)
    assert.deepEqual(await ask(), {
      filtered: ['a', 'c'],
      mapped: [{ id: 'b', years: 30 }],
      plucked: ['a', 'b', 'c'],
      flattened: ['x', 'y', 'z'],
      sorted: ['b', 'a', 'c'],
      descending: ['c', 'a', 'b'],
      pets: [
        { owner: 'a', kid: 'x', pet: 'p' },
        { owner: 'a', kid: 'x', pet: 'q' },
        { owner: 'b', kid: 'z', pet: 'r' },
      ],
    })
  })

  test('a count by a filter in JavaScript follows its continuations', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await (await runner(container, writing.bulkImport))(documents(250))
    assert.equal(await (await runner(container, queries.countByFilter))('type', 'order'), 166)
  })

  // https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-write-stored-procedures-triggers-udfs
  test('two items change hands in one transaction, or none does', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await container.items.create({ id: 'p1', item: 'sword' })
    await container.items.create({ id: 'p2', item: 'shield' })
    const trade = await runner(container, transactions.trade)
    await trade('p1', 'p2', false)
    const items = async () => [
      (await container.item('p1').read()).resource?.item,
      (await container.item('p2').read()).resource?.item,
    ]
    assert.deepEqual(await items(), ['shield', 'sword'])
    await assert.rejects(trade('p1', 'p2', true), { code: 400 })
    assert.deepEqual(await items(), ['shield', 'sword'])
  })

  test('promises around the calls', async () => {
    await using opened = await openInProcess()
    const container = await containerOf(opened.client)
    await container.items.create({ id: 'm', at: 1 })
    const move = await runner(container, transactions.asyncReplace)
    assert.deepEqual(await move('m', 2), { id: 'm', at: 2 })
    assert.equal((await container.item('m').read()).resource?.at, 2)
  })
})
