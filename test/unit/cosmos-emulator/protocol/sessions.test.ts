import assert from 'node:assert/strict'
import { ChangeFeedStartFrom } from '@azure/cosmos'
import { describe, test } from 'vitest'
import { ordersOf, TRANSPORTS } from '../support/emulators.ts'

const tokenOf = ({ headers }: { headers: object }) => String((headers as Record<string, unknown>)['x-ms-session-token'])

describe.each(TRANSPORTS)('sessions, %s', (_, open) => {
  test('every answer about documents says how far its partition is, errors too', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    assert.equal(tokenOf(await orders.items.create({ id: '1', customer: 'ann' })), '0:-1#1')
    assert.equal(tokenOf(await orders.items.upsert({ id: '1', customer: 'ann' })), '0:-1#2')
    assert.equal(tokenOf(await orders.item('1', 'ann').read()), '0:-1#2')
    const page = await orders.items.query('SELECT * FROM c', { partitionKey: 'ann' }).fetchNext()
    // The SDK has them, but its type hides them.
    assert.equal(tokenOf(page as unknown as { headers: object }), '0:-1#2')
    await assert.rejects(orders.items.create({ id: '1', customer: 'ann' }), (error: { headers: object }) => {
      assert.equal(tokenOf(error), '0:-1#2')
      return true
    })
  })

  test('reads without a token see an older state, reads with one see at least what it says', async () => {
    await using opened = await open({ staleReads: 2 })
    const orders = await ordersOf(opened.client)
    const first = tokenOf(await orders.items.create({ id: '1', customer: 'ann', n: 1 }))
    const second = tokenOf(await orders.items.upsert({ id: '1', customer: 'ann', n: 2 }))
    const item = orders.item('1', 'ann')
    assert.equal((await item.read()).statusCode, 404)
    assert.equal((await item.read({ sessionToken: first })).resource?.n, 1)
    assert.equal((await item.read({ sessionToken: second })).resource?.n, 2)
    const query = (sessionToken?: string) =>
      orders.items
        .query('SELECT VALUE c.n FROM c', { partitionKey: 'ann', ...(sessionToken && { sessionToken }) })
        .fetchAll()
    assert.deepEqual((await query()).resources, [])
    assert.deepEqual((await query(first)).resources, [1])
    const feed = async (sessionToken?: string) => {
      const changeFeedStartFrom = ChangeFeedStartFrom.Beginning()
      const options = { changeFeedStartFrom, ...(sessionToken && { sessionToken }) }
      return (await orders.items.getChangeFeedIterator<{ n: number }>(options).readNext()).result.map(({ n }) => n)
    }
    assert.deepEqual(await feed(), [])
    assert.deepEqual(await feed(first), [1])
    assert.deepEqual(await feed(second), [2])
  })

  test('a token that is ahead of the partition is refused', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    await orders.items.create({ id: '1', customer: 'ann' })
    // The SDK drops the token and repeats, so that only the first request shows it.
    const answered: (string | undefined)[] = []
    opened.emulator.faults = (_request, response) => {
      if (response !== undefined) answered.push(`${response.status}/${response.headers['x-ms-substatus']}`)
      return undefined
    }
    await orders.item('1', 'ann').read({ sessionToken: '0:-1#9' })
    assert.deepEqual(answered, ['404/1002', '200/undefined'])
    await assert.rejects(orders.item('1', 'ann').read({ sessionToken: 'what' }), { code: 400 })
  })

  test('a token of a partition demands the same of those that took its place', async () => {
    await using opened = await open({ staleReads: 1 })
    const orders = await ordersOf(opened.client)
    const token = tokenOf(await orders.items.create({ id: '1', customer: 'ann' }))
    opened.emulator.split('shop', 'orders', '0')
    const item = orders.item('1', 'ann')
    assert.equal((await item.read()).statusCode, 404)
    assert.equal((await item.read({ sessionToken: token })).statusCode, 200)
    const [left, right] = opened.emulator.partitions('shop', 'orders')
    const merged = opened.emulator.merge('shop', 'orders', left?.id ?? '', right?.id ?? '')
    assert.equal(tokenOf(await item.read({ sessionToken: token })), `${merged}:-1#1`)
  })

  test('tokens that name regions are taken, also of a region of which nothing is known', async () => {
    await using opened = await open({ staleReads: 5 })
    const orders = await ordersOf(opened.client)
    for (const n of [1, 2]) await orders.items.upsert({ id: '1', customer: 'ann', n })
    const read = async (sessionToken: string) => (await orders.item('1', 'ann').read({ sessionToken })).resource?.n
    assert.equal(await read('0:0#2#3=8600000#10=-1'), 2)
    assert.equal(await read('0:0#1#3=1#10=-1'), 1)
    // The SDK drops a token that cannot be had and repeats without it.
    assert.equal(await read('0:0#900000#3=8600000#10=-1'), undefined)
    assert.equal(await read('0:-1#-1'), undefined)
    for (const token of ['0:0#1#3=', '0:0#1#3=-2', '0:0#-2', '0:0#1#x=1']) {
      await assert.rejects(read(token), { code: 400 })
    }
  })

  test('tokens are given with regions, when that is asked for', async () => {
    await using opened = await open({ sessionTokens: 'vector', staleReads: 5 })
    const orders = await ordersOf(opened.client)
    const token = tokenOf(await orders.items.create({ id: '1', customer: 'ann' }))
    assert.equal(token, '0:0#1#3=1#10=-1')
    assert.equal((await orders.item('1', 'ann').read()).statusCode, 404)
    assert.equal((await orders.item('1', 'ann').read({ sessionToken: token })).statusCode, 200)
    await orders.items.create({ id: '2', customer: 'ann' }, { consistencyLevel: 'Session' })
    assert.equal((await orders.item('2', 'ann').read({ consistencyLevel: 'Session' })).statusCode, 200)
  })

  test('a batch and a procedure that only read take an LSN, when that is asked for, and leave nothing in the feed', async () => {
    for (const lsnsOfReads of [false, true]) {
      await using opened = await open({ lsnsOfReads })
      const orders = await ordersOf(opened.client)
      await orders.items.create({ id: '1', customer: 'ann' })
      const lsn = () => opened.emulator.partitions('shop', 'orders')[0]?.lsn
      const before = lsn() ?? 0
      await orders.items.batch([{ operationType: 'Read', id: '1' }], 'ann')
      await orders.scripts.storedProcedures.create({ id: 'reads', body: 'function () {}' })
      await orders.scripts.storedProcedure('reads').execute('ann')
      await orders.item('1', 'ann').read()
      await orders.items.batch([{ operationType: 'Read', id: 'nowhere' }], 'ann')
      assert.equal(lsn(), before + (lsnsOfReads ? 2 : 0))
      assert.equal(opened.emulator.partitions('shop', 'orders')[0]?.documents, 1)
    }
  })

  test('a client with session consistency reads its own writes', async () => {
    await using opened = await open({ staleReads: 5 })
    const orders = await ordersOf(opened.client)
    await orders.items.create({ id: '1', customer: 'ann' }, { consistencyLevel: 'Session' })
    assert.equal((await orders.item('1', 'ann').read({ consistencyLevel: 'Session' })).statusCode, 200)
    assert.equal((await orders.item('1', 'ann').read()).statusCode, 404)
  })
})
