import assert from 'node:assert/strict'
import { ChangeFeedStartFrom, type CosmosClient } from '@azure/cosmos'
import { test } from 'vitest'
import { openInProcess } from '../support/emulators.ts'

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 0.02, `${actual}, ${expected}`)

/** Ten terms in the index: `k` and nine others. */
const tenTerms = (id: string) => ({ id, k: 'x', ...Object.fromEntries([...'abcdefghi'].map((name) => [name, 1])) })

test('charges are those of the published examples', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
  near((await container.items.create(tenTerms('1'))).requestCharge, 4.95 + 0.2 * 10)
  near((await container.item('1', 'x').replace({ ...tenTerms('1'), a: 2, b: 2 })).requestCharge, 2 * 4.95 + 0.2 * 4)
  near((await container.item('1', 'x').read()).requestCharge, 1)
  near((await container.item('1', 'x').delete()).requestCharge, 4.95 + 0.2 * 10)
  const large = await container.items.create({ id: '2', k: 'x', text: 'x'.repeat(128 * 1024 - 32) })
  near(large.requestCharge, 48.19 + 0.2 * 2)
  near((await container.item('2', 'x').read()).requestCharge, 9.95)
})

test('what is not indexed is cheaper', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const indexingPolicy = {
    indexingMode: 'consistent' as const,
    automatic: true,
    includedPaths: [{ path: '/a/?' }],
    excludedPaths: [{ path: '/*' }],
  }
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k', indexingPolicy })
  near((await container.items.create(tenTerms('1'))).requestCharge, 4.95 + 0.2)
  const batch = await container.items.batch([{ operationType: 'Create', resourceBody: tenTerms('2') }], 'x')
  near(Number((batch.headers as Record<string, unknown>)['x-ms-request-charge']), 4.95 + 0.2)
})

/** One document of the partition key `few`, and many of others beside it, with greater and with smaller numbers. */
async function crowded(client: CosmosClient) {
  const { database } = await client.databases.create({ id: 'd' })
  const compositeIndexes = [[{ path: '/k' }, { path: '/n' }]] as never
  const indexingPolicy = { excludedPaths: [{ path: '/plain/?' }], compositeIndexes }
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k', indexingPolicy })
  await container.items.create({ id: 'first', k: 'few', n: 100, plain: 1 })
  for (let n = 0; n < 150; n++) await container.items.create({ id: `${n}`, k: `many ${n % 7}`, n, plain: 1 })
  const costOf = async (query: string, partitionKey = 'few', rows = 1) => {
    const page = await container.items.query(query, { partitionKey, maxItemCount: 1_000 }).fetchNext()
    assert.equal(page.resources?.length, rows)
    const bytes = Buffer.byteLength(JSON.stringify({ _rid: 'x'.repeat(12), Documents: page.resources, _count: rows }))
    // What the rows take, whatever was loaded for them.
    return page.requestCharge - 2.3 - 0.03 * rows - (bytes / 1024) * 0.1
  }
  return { container, costOf }
}

const LOADED = 0.03

test('an order is paid for by what its index passes over, of whatever partition key', async () => {
  await using opened = await openInProcess()
  const { costOf } = await crowded(opened.client)
  // 49 documents are above 100, and one is there: both that of `few` and another one have that number.
  near(await costOf('SELECT TOP 1 c.n FROM c ORDER BY c.n DESC'), LOADED * 51)
  near(await costOf('SELECT TOP 1 c.n FROM c ORDER BY c.n'), LOADED * 102)
  near(await costOf('SELECT c.n FROM c ORDER BY c.n'), LOADED * 151)
  // A condition on what is ordered bounds it; one on something else does not.
  near(await costOf('SELECT TOP 1 c.n FROM c WHERE c.n <= 100 ORDER BY c.n DESC'), LOADED * 2)
  near(await costOf('SELECT TOP 1 c.n FROM c WHERE c.id = "first" ORDER BY c.n DESC'), LOADED * 51)
  near(await costOf('SELECT TOP 1 c.n FROM c WHERE c.k = "few" ORDER BY c.k DESC, c.n DESC'), LOADED)
  near(await costOf('SELECT c.n FROM c WHERE c.n > 500 ORDER BY c.k, c.n', 'few', 0), 0)
})

test('of many documents, what an order passes over is estimated', async () => {
  await using opened = await openInProcess()
  const { container } = await crowded(opened.client)
  for (let from = 150; from < 3_000; from += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `${from + i}`, k: 'more', n: from + i },
    }))
    await container.items.batch(batch, 'more')
  }
  const query = 'SELECT TOP 1 c.n FROM c ORDER BY c.n DESC'
  const { requestCharge } = await container.items.query(query, { partitionKey: 'few' }).fetchNext()
  assert.ok(Math.abs(requestCharge - 2.3 - LOADED * 2_900) < LOADED * 100, `${requestCharge}`)
  for (let n = 1_000; n < 3_000; n++) await container.item(`${n}`, 'more').delete()
  const after = await container.items.query(query, { partitionKey: 'few' }).fetchNext()
  assert.ok(Math.abs(after.requestCharge - 2.3 - LOADED * 900) < LOADED * 100, `${after.requestCharge}`)
})

test('a query without an order is paid for by what an index leaves to be loaded', async () => {
  await using opened = await openInProcess()
  const { costOf } = await crowded(opened.client)
  near(await costOf('SELECT c.n FROM c'), LOADED)
  near(await costOf('SELECT c.n FROM c WHERE c.n < 14', 'many 0', 2), LOADED * 2)
  near(await costOf('SELECT c.n FROM c WHERE c.n IN (0, 7, 1)', 'many 0', 2), LOADED * 2)
  near(await costOf('SELECT c.n FROM c WHERE NOT IS_DEFINED(c.x) AND c.n BETWEEN 0 AND 7', 'many 0', 2), LOADED * 2)
  near(await costOf('SELECT c.n FROM c WHERE c.plain = 2', 'many 0', 0), LOADED * 22)
  near(await costOf('SELECT c.n FROM c WHERE c.n + 1 = 1', 'many 0', 1), LOADED * 22)
  near(await costOf('SELECT c.n FROM c WHERE ARRAY_CONTAINS([0, 7], c.n)', 'many 0', 2), LOADED * 22)
  near(await costOf('SELECT c.n FROM c WHERE c.n = 0 OR ARRAY_CONTAINS([7], c.n)', 'many 0', 2), LOADED * 22)
  near(await costOf('SELECT VALUE COUNT(1) FROM c WHERE c.n < 14', 'many 0', 1), LOADED * 2)
  near(await costOf('SELECT TOP 3 c.n FROM c', 'many 0', 3), LOADED * 3)
})

test('a large document that is loaded is paid for by its size, as in the published example of a scan', async () => {
  await using opened = await openInProcess()
  const { container, costOf } = await crowded(opened.client)
  await container.items.create({ id: 'large', k: 'few', n: 200, plain: 2, text: 'x'.repeat(100 * 1024) })
  near(await costOf('SELECT c.n FROM c WHERE c.plain = 2'), (4059.95 / 399_998_938) * 101 * 1024)
})

// The SDK makes a whole number of it.
const chargeOf = ({ headers }: { headers: object }) =>
  Number((headers as Record<string, unknown>)['x-ms-request-charge'])

test('the feed of a partition key is paid for by all that was written in its physical partition', async () => {
  await using opened = await openInProcess()
  const { container } = await crowded(opened.client)
  const feed = container.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning('few') })
  near(chargeOf(await feed.readNext()), 1 + LOADED * 150)
  await container.items.create({ id: 'last', k: 'many 0', n: 1, plain: 1 })
  const idle = await feed.readNext()
  assert.equal(idle.statusCode, 304)
  near(chargeOf(idle), 1 + LOADED * 151)
  const whole = container.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    maxItemCount: 1_000,
  })
  near(chargeOf(await whole.readNext()), 152)
})

test('a procedure is paid for call by call, also when it fails', async () => {
  await using opened = await openInProcess()
  const { container } = await crowded(opened.client)
  const body = `function (fails) {
    __.queryDocuments(__.getSelfLink(), 'SELECT TOP 1 c.n FROM c ORDER BY c.n DESC', function (e, rows) {
      __.createDocument(__.getSelfLink(), { id: 'new', k: 'few', n: 1 }, function () {
        if (fails) throw new Error('no')
      })
    })
  }`
  const { storedProcedure } = await container.scripts.storedProcedures.create({ id: 's', body })
  const expected = 2.3 + 0.03 + 0.001 + LOADED * 51 + 4.95 + 0.2 * 2
  await assert.rejects(storedProcedure.execute('few', [true]), ({ headers }: { headers: Record<string, string> }) => {
    near(Number(headers['x-ms-request-charge']), expected)
    return true
  })
  near((await storedProcedure.execute('few', [false])).requestCharge, expected)
})
