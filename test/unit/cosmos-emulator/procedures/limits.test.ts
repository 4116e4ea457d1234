import assert from 'node:assert/strict'
import type { Container, CosmosClient } from '@azure/cosmos'
import { describe, expect, test } from 'vitest'
import type { EmulatorOptions } from '../../../../src/cosmos-emulator/index.ts'
import { openInProcess, ordersOf, TRANSPORTS } from '../support/emulators.ts'

async function procedureIn(client: CosmosClient, body: string) {
  const orders = await ordersOf(client)
  const { storedProcedure } = await orders.scripts.storedProcedures.create({ id: 'p', body })
  const run = async (...parameters: unknown[]) => (await storedProcedure.execute('ann', parameters)).resource
  return { orders, storedProcedure, run }
}

const idsIn = async (orders: Container) => (await orders.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources

/** Creates documents until a call is refused, and answers how many. */
const FILL = `function () {
  var made = 0
  next()
  function next() {
    var accepted = __.createDocument(__.getSelfLink(), { id: 'd' + made, customer: 'ann' }, function (error) {
      if (error) throw error
      made++
      next()
    })
    if (!accepted) __.response.setBody([made, __.readDocuments(__.getSelfLink())])
  }
}`

describe.each(TRANSPORTS)('the request units of a run, %s', (_, open) => {
  test('end, and then its calls answer false', async () => {
    // A document of two terms takes 4.95 + 2 x 0.2 of them.
    await using opened = await open({ scripts: { requestUnits: 50 } })
    const { orders, run } = await procedureIn(opened.client, FILL)
    assert.deepEqual(await run(), [10, false])
    assert.equal((await idsIn(orders)).length, 10)
  })

  test('a fault ends them at a call of one run', async () => {
    await using opened = await open()
    const { orders, run } = await procedureIn(opened.client, FILL.replace("'d' + made", "'d' + made + Math.random()"))
    opened.emulator.faults = (request, response) =>
      response === undefined && request.path.endsWith('/sprocs/p') ? { refusesCall: 3 } : undefined
    assert.deepEqual(await run(), [3, true])
    assert.equal((await idsIn(orders)).length, 3)
  })
})

describe('a procedure that passes its time limit again and again', () => {
  const LOOP = 'function (loops) { while (loops); __.response.setBody("done") }'
  const options: EmulatorOptions = { scripts: { timeLimit: 300, timeoutsAllowed: 2 } }

  test('is blocked until it is replaced, and no other with it', async () => {
    await using opened = await openInProcess(options)
    const { orders, storedProcedure, run } = await procedureIn(opened.client, LOOP)
    const other = await orders.scripts.storedProcedures.create({ id: 'other', body: LOOP })
    await expect(run(true)).rejects.toMatchObject({ code: 408 })
    assert.equal(await run(false), 'done')
    await expect(run(true)).rejects.toMatchObject({ code: 408 })
    const blocked = { code: 403, body: { message: expect.stringContaining("'p' is blocked for execution") } }
    await expect(run(false)).rejects.toMatchObject(blocked)
    await expect(storedProcedure.execute('bob', [false])).rejects.toMatchObject(blocked)
    assert.equal((await other.storedProcedure.execute('ann', [false])).resource, 'done')

    await storedProcedure.replace({ id: 'p', body: LOOP })
    assert.equal(await run(false), 'done')
    for (let i = 0; i < 2; i++) await expect(run(true)).rejects.toMatchObject({ code: 408 })
    await expect(run(false)).rejects.toMatchObject({ code: 403 })
    await storedProcedure.delete()
    await orders.scripts.storedProcedures.create({ id: 'p', body: LOOP })
    assert.equal(await run(false), 'done')
  })

  test('is blocked after the third time unless told otherwise', async () => {
    await using opened = await openInProcess({ scripts: { timeLimit: 300 } })
    const { run } = await procedureIn(opened.client, LOOP)
    for (let i = 0; i < 3; i++) await expect(run(true)).rejects.toMatchObject({ code: 408 })
    await expect(run(false)).rejects.toMatchObject({ code: 403 })
  })

  test('is not blocked for errors, nor for answers that were lost on the way', async () => {
    await using opened = await openInProcess({ scripts: { timeoutsAllowed: 2 } })
    const { run } = await procedureIn(opened.client, 'function (fails) { if (fails) throw new Error(408, "no") }')
    for (let i = 0; i < 4; i++) await expect(run(true)).rejects.toMatchObject({ code: 400, substatus: 408 })
    opened.emulator.faults = (_, response) => response && { answer: { status: 408 } }
    for (let i = 0; i < 4; i++) await expect(run(false)).rejects.toMatchObject({ code: 408 })
    opened.emulator.faults = undefined
    await run(false)
  })
})

test('arguments may have so many bytes as JSON', async () => {
  await using opened = await openInProcess({ scripts: { maxArgumentBytes: 1_000 } })
  const { run } = await procedureIn(opened.client, 'function (a) { __.response.setBody(a.length) }')
  assert.equal(await run('x'.repeat(996)), 996)
  await expect(run('x'.repeat(997))).rejects.toMatchObject({ code: 413 })
  await expect(run('é'.repeat(600))).rejects.toMatchObject({ code: 413 })
})

describe('the queries of a run', () => {
  const BODY = `function () {
    var link = __.getSelfLink(), seen = []
    __.createDocument(link, { id: 'new', customer: 'ann' }, function () {
      __.deleteDocument(__.getAltLink() + '/docs/old', function () {
        __.queryDocuments(link, 'SELECT VALUE c.id FROM c', function (error, ids) {
          seen.push(ids)
          __.filter(function () { return true }, function (error, rows) {
            seen.push(rows.map(function (row) { return row.id }))
            __.readDocument(__.getAltLink() + '/docs/new', function (error, document) {
              seen.push(document.id)
              __.readDocument(__.getAltLink() + '/docs/old', function (error) {
                seen.push(error.number)
                __.response.setBody(seen)
              })
            })
          })
        })
      })
    })
  }`

  test.each<[EmulatorOptions, string[]]>([
    [{}, ['new']],
    [{ scripts: { queriesSeeOwnWrites: false } }, ['old']],
  ])('with %j see %j, while reads by link see what is written', async (options, ids) => {
    await using opened = await openInProcess(options)
    const { orders, run } = await procedureIn(opened.client, BODY)
    await orders.items.create({ id: 'old', customer: 'ann' })
    assert.deepEqual(await run(), [ids, ids, 'new', 404])
    assert.deepEqual(await idsIn(orders), ['new'])
  })
})

test('what is too large within a run is 400, with the status of the call as the substatus', async () => {
  await using opened = await openInProcess({ maxPartitionBytes: 5_000 })
  const { orders, run } = await procedureIn(
    opened.client,
    `function (size, catches) {
      __.createDocument(__.getSelfLink(), { id: 'd' + size, customer: 'ann', text: Array(size + 1).join('x') }, function (e) {
        if (e && !catches) throw e
        __.response.setBody(e && e.number)
      })
    }`,
  )
  await expect(run(6_000, false)).rejects.toMatchObject({ code: 400, substatus: 403 })
  await expect(run(2 * 1024 * 1024, false)).rejects.toMatchObject({ code: 400, substatus: 413 })
  assert.equal(await run(6_000, true), 403)
  assert.deepEqual(await idsIn(orders), [])
})
