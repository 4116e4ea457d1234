import assert from 'node:assert/strict'
import { PatchOperationType } from '@azure/cosmos'
import { describe, test } from 'vitest'
import { openInProcess, TRANSPORTS } from '../support/emulators.ts'

// The steps of sdk/cosmosdb/cosmos/samples-dev of https://github.com/Azure/azure-sdk-for-js, in its calls and its order;
// the documents are ours.
const BAKERIES = [
  {
    id: 'crust',
    owner: 'Ines',
    address: { city: 'Porto', zip: 4000 },
    staff: [{ name: 'Rui' }],
    suppliers: ['mill'],
  },
  { id: 'oven', owner: 'Mara', address: { city: 'Braga', zip: 4700 }, staff: [] },
  { id: 'rye', address: { city: 'Porto', zip: 4050 } },
]

describe.each(TRANSPORTS)('the samples of the SDK for items, %s', (_, open) => {
  test('ItemManagement: create, list, read by ETag, query, replace, upsert, patch, delete', async () => {
    await using opened = await open()
    const { database } = await opened.client.databases.createIfNotExists({ id: 'samples' })
    const { container } = await database.containers.createIfNotExists({ id: 'items' })
    await Promise.all(BAKERIES.map((bakery) => container.items.create(bakery)))

    const { resources: listed } = await container.items.readAll().fetchAll()
    assert.deepEqual(listed.map(({ id }) => id).toSorted(), ['crust', 'oven', 'rye'])

    // Without a partition key: the container has none of its own, so the SDK takes /_partitionKey and sends "none".
    const item = container.item('crust', undefined)
    const { resource: read } = await item.read()
    const unchanged = { accessCondition: { type: 'IfNoneMatch', condition: read._etag } }
    const again = await item.read(unchanged)
    assert.deepEqual([again.statusCode, again.resource], [304, null])
    await item.replace({ ...read, note: 'x' })
    const newer = await item.read(unchanged)
    assert.deepEqual([newer.statusCode, newer.resource?.note], [200, 'x'])

    const query = {
      query: 'SELECT * FROM Bakeries b WHERE  b.owner = @owner',
      parameters: [{ name: '@owner', value: 'Ines' }],
    }
    const { resources: found } = await container.items.query(query).fetchAll()
    assert.equal(found.length, 1)
    const bakery = found[0]
    bakery.staff.push({ name: 'Leo' })
    bakery.owner = 'Ines & Leo'
    const { resource: updated } = await container.items.upsert(bakery)
    assert.deepEqual([updated?.owner, (updated as typeof bakery).staff.length], ['Ines & Leo', 2])

    bakery.note = 'y'
    await item.replace(bakery)
    const stale = { accessCondition: { type: 'IfMatch', condition: bakery._etag } }
    await assert.rejects(item.replace({ ...bakery, note: 'never' }, stale), { code: 412 })
    assert.equal((await item.read()).resource?.note, 'y')

    const source = listed.find(({ id }) => id === 'oven') ?? assert.fail()
    const same = await container.items.upsert({ ...source, note: 'z' })
    assert.deepEqual([same.statusCode, same.resource?.id], [200, 'oven'])
    const other = await container.items.upsert({ ...source, id: 'griddle' })
    assert.deepEqual([other.statusCode, other.resource?.id], [201, 'griddle'])

    const patched = await container.item('crust').patch([{ op: 'replace', path: '/owner', value: 'Leo' }])
    assert.equal(patched.resource?.owner, 'Leo')
    const { resource: many } = await container.item('crust').patch([
      { op: 'add', path: '/alias', value: 'the corner' },
      { op: 'replace', path: '/owner', value: 'Ana' },
      { op: 'remove', path: '/suppliers' },
      { op: 'set', path: '/address/zip', value: 4100 },
      { op: 'incr', path: '/address/zip', value: 5 },
    ])
    assert.deepEqual(
      [many?.alias, many?.owner, 'suppliers' in (many ?? {}), many?.address.zip],
      ['the corner', 'Ana', false, 4105],
    )
    const condition = 'from c where NOT IS_DEFINED(c.improved)'
    const operations = [{ op: PatchOperationType.add, path: '/improved', value: true }]
    assert.equal((await container.item('crust').patch({ condition, operations })).resource?.improved, true)
    await assert.rejects(container.item('crust').patch({ condition, operations }), { code: 412 })

    assert.equal((await item.delete()).statusCode, 204)
  })

  test('README: items by every type of partition key, queries with parameters', async () => {
    await using opened = await open({ partitions: 3 })
    const { database } = await opened.client.databases.createIfNotExists({ id: 'Sample Database' })
    const { container } = await database.containers.createIfNotExists({
      id: 'Sample Container',
      partitionKey: { paths: ['/state'] },
    })
    const keys = ['1', 2, true, null]
    for (const state of keys) await container.items.create({ id: 'id', state, isCapital: state === 2 })
    await container.items.create({ id: 'id', isCapital: false })
    for (const state of keys) assert.equal((await container.item('id', state).read()).resource?.state, state)
    assert.equal((await container.item('id', ['1']).read()).resource?.state, '1')
    for (const none of [{}, undefined]) {
      assert.deepEqual(Object.keys((await container.item('id', none).read()).resource).slice(0, 2), ['id', 'isCapital'])
    }
    const literal = await container.items.query('SELECT * from c WHERE c.isCapital = true').fetchAll()
    assert.deepEqual(
      literal.resources.map(({ state }) => state),
      [2],
    )
    const query = { query: 'SELECT * from c WHERE c.isCapital = @is', parameters: [{ name: '@is', value: false }] }
    assert.equal((await container.items.query(query).fetchAll()).resources.length, 4)
    await assert.rejects(container.items.create({ id: 'id', state: '1' }), { code: 409 })
  })
})

test('QueryThroughput: several partitions at once, by pages of any size', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'samples' })
  const { container } = await database.containers.create({
    id: 'many',
    partitionKey: { paths: ['/k'] },
    throughput: 25_000,
  })
  assert.equal(opened.emulator.partitions('samples', 'many').length, 5)
  for (let k = 0; k < 250; k++) await container.items.create({ id: `${k}`, k })
  const options = { maxItemCount: 10_000, maxDegreeOfParallelism: 1_000, bufferItems: true }
  const rowsOf = async (text: string) => {
    const query = container.items.query(text, options)
    const rows: unknown[] = []
    while (query.hasMoreResults()) rows.push(...((await query.fetchNext()).resources ?? []))
    return rows
  }
  const ordered = (await rowsOf('Select * from c order by c._ts')) as { _ts: number }[]
  assert.equal(ordered.length, 250)
  assert.deepEqual(
    ordered.map(({ _ts }) => _ts),
    ordered.map(({ _ts }) => _ts).toSorted((a, b) => a - b),
  )
  assert.equal((await rowsOf('Select * from c')).length, 250)
  assert.deepEqual(await rowsOf('Select value count(c.id) from c'), [250])
})
