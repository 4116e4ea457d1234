import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import type { Fault, FaultHook } from '../../../../src/cosmos-emulator/index.ts'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess, openOverHttp, ordersOf, TRANSPORTS } from '../support/emulators.ts'

/** Does something once, to the first POST: before it is handled, or after. */
function once(moment: 'before' | 'after', fault: Fault): FaultHook {
  let isOver = false
  return (request, response) => {
    if (isOver || request.method !== 'POST' || (response === undefined) !== (moment === 'before')) return undefined
    isOver = true
    return fault
  }
}

describe.each(TRANSPORTS)('faults, %s', (_, open) => {
  test('a connection that is cut before the commit leaves nothing, one after it leaves the document', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    for (const [moment, status] of [
      ['before', 404],
      ['after', 200],
    ] as const) {
      opened.emulator.faults = once(moment, { cut: true })
      await assert.rejects(orders.items.create({ id: moment, customer: 'ann' }), { code: 'ECONNRESET' })
      assert.equal((await orders.item(moment, 'ann').read()).statusCode, status)
    }
  })

  test('an answer can be replaced by an error, which the SDK understands', async () => {
    await using opened = await open()
    const orders = await ordersOf(opened.client)
    opened.emulator.faults = once('before', { answer: { status: 429, substatus: 3200, retryAfter: 1 } })
    const { headers } = await orders.items.create({ id: '1', customer: 'ann' })
    assert.equal(headers['x-ms-throttle-retry-count'], 1)
    opened.emulator.faults = once('after', { answer: { status: 408, code: 'RequestTimeout' } })
    await assert.rejects(orders.items.create({ id: '2', customer: 'ann' }), { code: 408 })
    assert.equal((await orders.item('2', 'ann').read()).statusCode, 200)
  })
})

test('a delay is over when the clock says so', async () => {
  const clock = manualClock()
  await using opened = await openInProcess({ clock })
  const orders = await ordersOf(opened.client)
  opened.emulator.faults = once('before', { delay: 500 })
  let isDone = false
  const created = orders.items.create({ id: '1', customer: 'ann' }).then(() => {
    isDone = true
  })
  while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isDone, false)
  clock.advance(500)
  await created
})

test('a request that is given up while it waits is not carried out', async () => {
  const clock = manualClock()
  await using opened = await openInProcess({ clock })
  const orders = await ordersOf(opened.client)
  opened.emulator.faults = once('before', { delay: 500 })
  const controller = new AbortController()
  const created = orders.items.create({ id: '1', customer: 'ann' }, { abortSignal: controller.signal })
  while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  await assert.rejects(created, { name: 'AbortError' })
  assert.equal((await orders.item('1', 'ann').read()).statusCode, 404)
})

test('a request that is far too long is not read', async () => {
  await using opened = await openOverHttp()
  const body = 'x'.repeat(17 * 1024 * 1024)
  const answered = await fetch(`${opened.endpoint}dbs`, { method: 'POST', body }).then(
    ({ status }) => status,
    () => 'cut',
  )
  assert.ok(answered === 413 || answered === 'cut')
})
