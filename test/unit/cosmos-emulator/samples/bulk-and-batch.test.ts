import assert from 'node:assert/strict'
import { BulkOperationType, type OperationInput, PatchOperationType } from '@azure/cosmos'
import { describe, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

describe.each(TRANSPORTS)('the samples of the SDK for many operations at once, %s', (_, open) => {
  // Bulk and ExecuteBulkOperations of sdk/cosmosdb/cosmos/samples-dev of https://github.com/Azure/azure-sdk-for-js.
  test.each(['bulk', 'executeBulkOperations'] as const)('%s: one operation of each type', async (method) => {
    await using opened = await open()
    const { database } = await opened.client.databases.create({ id: 'bulk db' })
    const { container } = await database.containers.create({
      id: 'bulkContainer',
      partitionKey: { paths: ['/key'], version: 2 },
      throughput: 25_100,
    })
    assert.equal(opened.emulator.partitions('bulk db', 'bulkContainer').length, 5)
    await container.items.create({ id: 'read', key: true, class: '2010' })
    await container.items.create({ id: 'delete', key: {}, class: '2011' })
    await container.items.create({ id: 'replace', key: 5, class: '2012' })
    await container.items.create({ id: 'patch', key: 5, class: '2019' })
    const operations: OperationInput[] = [
      { operationType: BulkOperationType.Create, partitionKey: 'A', resourceBody: { id: 'a', name: 'new', key: 'A' } },
      { operationType: BulkOperationType.Upsert, partitionKey: 'U', resourceBody: { id: 'u', name: 'new', key: 'U' } },
      { operationType: BulkOperationType.Read, id: 'read', partitionKey: true },
      { operationType: BulkOperationType.Delete, id: 'delete', partitionKey: {} },
      {
        operationType: BulkOperationType.Replace,
        partitionKey: 5,
        id: 'replace',
        resourceBody: { id: 'replace', name: 'nice', key: 5 },
      },
      {
        operationType: BulkOperationType.Patch,
        partitionKey: 5,
        id: 'patch',
        resourceBody: { operations: [{ op: PatchOperationType.add, path: '/great', value: 'goodValue' }] },
      },
    ]
    const answered =
      method === 'bulk'
        ? await container.items.bulk(operations)
        : (await container.items.executeBulkOperations(operations)).map(({ response }) => response ?? assert.fail())
    assert.deepEqual(
      answered.map(({ statusCode }) => statusCode),
      [201, 201, 200, 204, 200, 200],
    )
    assert.equal(answered[2]?.resourceBody?.class, '2010')
    assert.equal((await container.item('replace', 5).read()).resource?.name, 'nice')
    assert.equal((await container.item('patch', 5).read()).resource?.great, 'goodValue')
    assert.equal((await container.item('delete', {}).read()).statusCode, 404)
  })

  test('BulkStreamer: many creates, and a read of one of them', async () => {
    await using opened = await open()
    const { database } = await opened.client.databases.create({ id: 'bulk db' })
    const partitionKey = { paths: ['/key'], version: 2 }
    const { container } = await database.containers.create({ id: 'many', partitionKey, throughput: 1_000 })
    const operations: OperationInput[] = Array.from({ length: 10 }, (_, i) => ({
      operationType: 'Create',
      // The sample leaves it out, which this version of the SDK no longer takes.
      partitionKey: `${i + 1}`,
      resourceBody: { id: `doc${i + 1}`, name: `sample${i + 1}`, key: `${i + 1}` },
    }))
    const created = await container.items.executeBulkOperations(operations)
    assert.deepEqual(new Set(created.map(({ response }) => response?.statusCode)), new Set([201]))
    const [read] = await container.items.executeBulkOperations([
      { operationType: 'Read', id: 'doc1', partitionKey: '1' },
    ])
    assert.equal(read?.response?.resourceBody?.name, 'sample1')
  })

  // The example of https://learn.microsoft.com/dotnet/api/microsoft.azure.cosmos.transactionalbatch.
  test('a transactional batch: create, replace, upsert, patch, delete, read, all or none', async () => {
    await using opened = await open()
    const activities = await ordersOf(opened.client)
    const customer = 'personal'
    for (const id of ['shopping', 'running', 'reading']) {
      await activities.items.create({ id, customer, status: 'ToBeDone' })
    }
    const body = (id: string, status: string) => ({ id, customer, status })
    const operations: OperationInput[] = [
      { operationType: 'Create', resourceBody: body('learning', 'ToBeDone') },
      { operationType: 'Replace', id: 'shopping', resourceBody: body('shopping', 'Done') },
      { operationType: 'Upsert', resourceBody: body('swimming', 'ToBeDone') },
      {
        operationType: 'Patch',
        id: 'running',
        resourceBody: {
          operations: [
            { op: 'replace', path: '/status', value: 'InProgress' },
            { op: 'add', path: '/progress', value: 50 },
          ],
        },
      },
      { operationType: 'Delete', id: 'reading' },
      { operationType: 'Read', id: 'running' },
    ]
    const done = await activities.items.batch(operations, customer)
    assert.equal(done.code, 200)
    assert.deepEqual(
      done.result?.map(({ statusCode }) => statusCode),
      [201, 200, 201, 200, 204, 200],
    )
    const { status, progress } = done.result?.[5]?.resourceBody ?? {}
    assert.deepEqual([status, progress], ['InProgress', 50])
    assert.ok((done.result?.[0]?.requestCharge ?? 0) > 0 && done.result?.[0]?.eTag)

    const failed = await activities.items.batch(operations, customer)
    assert.equal(failed.code, 207)
    assert.deepEqual(
      failed.result?.map(({ statusCode }) => statusCode),
      [409, 424, 424, 424, 424, 424],
    )
    const stale = { operationType: 'Delete', id: 'running', ifMatch: '"another"' } as const
    const refused = await activities.items.batch([stale], customer)
    assert.deepEqual([refused.code, refused.result?.[0]?.statusCode], [207, 412])
    const tooMany = Array.from({ length: 101 }, () => ({ operationType: 'Read', id: 'running' }) as const)
    // The SDK counts by itself, before it asks.
    await assert.rejects(activities.items.batch(tooMany, customer), /more than 100 operations/)
  })
})
