import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

const answers = (status: number, substatus?: number) => (error: { code?: unknown; substatus?: unknown }) => {
  assert.equal(error.code, status)
  if (substatus !== undefined) assert.equal(error.substatus, substatus)
  return true
}

describe.each(TRANSPORTS)('documents, %s', (_, open) => {
  test('are created, read, replaced and deleted with the fields that the server sets', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const created = await orders.items.create({ id: '1', customer: 'ann', total: 3 })
    assert.equal(created.statusCode, 201)
    const { _rid, _self, _etag, _ts } = created.resource ?? assert.fail()
    assert.equal(Buffer.from(_rid, 'base64').length, 16)
    assert.match(_self, /^dbs\/.+\/colls\/.+\/docs\/.+\/$/)
    assert.equal(created.headers.etag, _etag)
    assert.ok(Math.abs(_ts - Date.now() / 1000) < 60)
    const item = orders.item('1', 'ann')
    const replaced = await item.replace({ id: '1', customer: 'ann', total: 4 })
    assert.equal(replaced.statusCode, 200)
    assert.notEqual(replaced.etag, _etag)
    const read = await item.read()
    assert.deepEqual([read.resource?.total, read.resource?._rid], [4, _rid])
    assert.equal((await item.delete()).statusCode, 204)
    assert.equal((await item.read()).statusCode, 404)
    await assert.rejects(item.delete(), answers(404))
  })

  test('have a time to live of -1 or of seconds from 1 on, or none', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    for (const ttl of [-1, 1, 2 ** 31 - 1]) await orders.items.upsert({ id: '1', customer: 'ann', ttl })
    for (const ttl of [null, 0, -10, 1.5, '5', true, [], 2 ** 31]) {
      const document = { id: '2', customer: 'ann', ttl: ttl as number }
      await assert.rejects(orders.items.create(document), answers(400))
      await assert.rejects(orders.items.upsert(document), answers(400))
      await assert.rejects(orders.item('1', 'ann').replace({ ...document, id: '1' }), answers(400))
      await assert.rejects(orders.item('1', 'ann').patch([{ op: 'set', path: '/ttl', value: ttl }]), answers(400))
    }
    const operations = [
      { operationType: 'Create' as const, partitionKey: 'ann', resourceBody: { id: '3', customer: 'ann', ttl: -10 } },
      { operationType: 'Create' as const, partitionKey: 'ann', resourceBody: { id: '4', customer: 'ann' } },
    ]
    const answered = await orders.items.bulk(operations, { continueOnError: false })
    assert.deepEqual(
      answered.map(({ statusCode }) => statusCode),
      [400, 424],
    )
    assert.equal((await orders.items.readAll().fetchAll()).resources.length, 1)
  })

  test('of a batch have the partition key of the batch', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const create = (id: string, partitionKey?: string) => ({
      operationType: 'Create' as const,
      resourceBody: { id, customer: 'ann' },
      ...(partitionKey !== undefined && { partitionKey }),
    })
    for (const partitionKey of ['bob', '["bob"]', '[]', '']) {
      const batch = orders.items.batch([create('1'), create('2', partitionKey)], 'ann')
      await assert.rejects(batch, ({ cause }: { cause: { code: unknown } }) => cause.code === 400)
    }
    assert.equal((await orders.items.readAll().fetchAll()).resources.length, 0)
    const { code } = await orders.items.batch([create('1'), create('2', 'ann')], 'ann')
    assert.equal(code, 200)
  })

  test('keep the rules of ETags', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const { etag: first } = await orders.items.create({ id: '1', customer: 'ann' })
    const item = orders.item('1', 'ann')
    const ifMatch = { accessCondition: { type: 'IfMatch', condition: first } }
    await item.replace({ id: '1', customer: 'ann', n: 1 }, ifMatch)
    await assert.rejects(item.replace({ id: '1', customer: 'ann', n: 2 }, ifMatch), answers(412))
    await assert.rejects(orders.items.upsert({ id: '1', customer: 'ann', n: 2 }, ifMatch), answers(412))
    await assert.rejects(item.delete(ifMatch), answers(412))
    const { resource, etag } = await item.read()
    assert.equal(resource?.n, 1)
    const again = await item.read({ accessCondition: { type: 'IfNoneMatch', condition: etag } })
    assert.equal(again.statusCode, 304)
    await item.delete({ accessCondition: { type: 'IfMatch', condition: etag } })
    const upserted = await orders.items.upsert({ id: '1', customer: 'ann' }, ifMatch)
    assert.equal(upserted.statusCode, 201)
  })

  test('refuse what does not fit', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    await orders.items.create({ id: '1', customer: 'ann' })
    await assert.rejects(orders.items.create({ id: '1', customer: 'ann' }), answers(409))
    assert.equal((await orders.items.create({ id: '1', customer: 'bob' })).statusCode, 201)
    await assert.rejects(orders.item('1', 'ann').replace({ id: '1', customer: 'bob' }), answers(400, 1001))
    await assert.rejects(orders.item('1', 'ann').replace({ id: '2', customer: 'ann' }), answers(400))
    const long = 'x'.repeat(2 * 1024 * 1024)
    await assert.rejects(orders.items.create({ id: '2', customer: 'ann', long }), answers(413))
    await assert.rejects(orders.items.create({ id: 'x'.repeat(1_024), customer: 'ann' }), answers(400))
    await assert.rejects(orders.items.create({ id: '3', customer: 'x'.repeat(2_049) }), answers(400))
    assert.equal((await orders.item('2', 'ann').read()).statusCode, 404)
  })

  test('have ids and partition keys of any text, and partition keys of any scalar', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const cases = [
      ['what?&=%20', 'a'],
      ['ünï — 漢字 🌊', '🌊 "quoted"'],
      ['n', 5],
      ['b', true],
      ['nothing', null],
    ] as const
    for (const [id, customer] of cases) {
      await orders.items.create({ id, customer })
      assert.equal((await orders.item(id, customer).read()).resource?.id, id)
    }
    await orders.items.create({ id: 'none' })
    assert.equal((await orders.item('none', undefined).read()).resource?.id, 'none')
  })

  test('are patched', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    await orders.items.create({ id: '1', customer: 'ann', total: 3 })
    const { resource } = await orders.item('1', 'ann').patch([{ op: 'incr', path: '/total', value: 2 }])
    assert.equal(resource?.total, 5)
  })

  test('go through batches as a whole or not at all', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const create = (id: string) => ({ operationType: 'Create' as const, resourceBody: { id, customer: 'ann' } })
    const done = await orders.items.batch([create('1'), create('2')], 'ann')
    assert.deepEqual([done.code, done.result?.map(({ statusCode }) => statusCode)], [200, [201, 201]])
    const failed = await orders.items.batch([create('3'), create('2')], 'ann')
    assert.deepEqual([failed.code, failed.result?.map(({ statusCode }) => statusCode)], [207, [424, 409]])
    assert.equal((await orders.item('3', 'ann').read()).statusCode, 404)
  })

  test('go through bulk requests one by one, wherever they are', async () => {
    await using opened = await open({ partitions: 4 })
    const orders = await ordersOf(opened.client)
    const operations = Array.from({ length: 30 }, (_, i) => ({
      operationType: 'Create' as const,
      partitionKey: `c${i}`,
      resourceBody: { id: '1', customer: `c${i}` },
    }))
    const answered = await orders.items.executeBulkOperations([...operations, ...operations.slice(0, 1)])
    const codes = answered.map(({ response, error }) => response?.statusCode ?? error?.code)
    assert.deepEqual(codes, [...operations.map(() => 201), 409])
  })

  test('run through stored procedures, rolled back when they throw', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    const body = `function (id, fails) {
      var collection = getContext().getCollection()
      collection.createDocument(collection.getSelfLink(), { id: id, customer: 'ann' }, function (error, created) {
        if (error) throw error
        if (fails) throw new Error('no')
        getContext().getResponse().setBody(created.id)
      })
    }`
    await orders.scripts.storedProcedures.create({ id: 'add', body })
    const add = orders.scripts.storedProcedure('add')
    assert.equal((await add.read()).resource?.body, body)
    const { resource, headers } = await add.execute('ann', ['1', false])
    assert.equal(resource, '1')
    assert.match(String(headers['x-ms-session-token']), /^0:-1#1$/)
    await assert.rejects(add.execute('ann', ['2', true]), answers(400))
    assert.equal((await orders.item('2', 'ann').read()).statusCode, 404)
    await add.replace({ id: 'add', body: 'function () {}' })
    assert.equal((await orders.scripts.storedProcedures.readAll().fetchAll()).resources.length, 1)
    await add.delete()
    await assert.rejects(add.execute('ann', []), answers(404))
  })
})
