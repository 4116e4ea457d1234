import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { CosmosClient } from '@azure/cosmos'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningEmulator, startCosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { ordersOf } from '../support/emulators.ts'
import { type RawRequest, signed } from '../support/raw-requests.ts'

const DOCS = '/dbs/shop/colls/orders/docs'
const JSON_TYPE = { 'content-type': 'application/json' }
const KEY = { 'x-ms-documentdb-partitionkey': '["ann"]' }

let emulator: RunningEmulator
let client: CosmosClient

beforeEach(async () => {
  emulator = await startCosmosEmulator()
  client = new CosmosClient({ endpoint: emulator.endpoint, key: emulator.key })
  await ordersOf(client)
})

afterEach(async () => {
  client.dispose()
  await emulator.close()
})

function send(sent: RawRequest): Promise<{ status: number | undefined; body: string }> {
  const { method, path, headers, body } = sent
  return new Promise((resolve, reject) => {
    const options = { method, path, headers: { ...signed(sent, emulator.key), ...headers } }
    const outgoing = request(emulator.endpoint, options, (incoming) => {
      text(incoming).then((body) => resolve({ status: incoming.statusCode, body }), reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function stillServes(): Promise<void> {
  expect((await send({ method: 'GET', path: '/dbs/shop' })).status).toBe(200)
}

/** Puts bytes on the wire, and answers what comes back until one side hangs up. */
function sendBytes(bytes: string, hangsUp: boolean): Promise<string> {
  const { hostname, port } = new URL(emulator.endpoint)
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(Number(port), hostname, () => {
      socket.write(bytes, 'latin1', () => {
        if (hangsUp) socket.destroy()
        else socket.end()
      })
    })
    socket.on('data', (chunk) => received.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')))
  })
}

test('a connection that is cut within a body leaves nothing behind', async () => {
  const create = { method: 'POST', path: DOCS, headers: KEY } as const
  const headers = Object.entries({
    ...signed(create, emulator.key),
    ...KEY,
    host: new URL(emulator.endpoint).host,
    'content-length': '1000',
  })
  const head = `POST ${DOCS} HTTP/1.1\r\n${headers.map((header) => header.join(': ')).join('\r\n')}\r\n\r\n`
  for (const body of ['', '{"id":"1"', '{"id":"1","customer":"ann"}']) {
    await sendBytes(head + body, true)
    await stillServes()
  }
  const { resources } = await client.database('shop').container('orders').items.readAll().fetchAll()
  assert.deepEqual(resources, [])
})

test('bytes that are no request are no end of the server', async () => {
  const garbage = fc.string({ unit: fc.nat(255).map((byte) => String.fromCharCode(byte)), maxLength: 200 })
  const { host } = new URL(emulator.endpoint)
  const nearly = garbage.map((bytes) => `GET ${bytes} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
  await fc.assert(
    fc.asyncProperty(fc.oneof(garbage, nearly), fc.boolean(), async (bytes, hangsUp) => {
      const answer = await sendBytes(bytes, hangsUp)
      assert.doesNotMatch(answer, /HTTP\/1.1 500|node:|\.ts:\d/)
    }),
    { numRuns: 100 },
  )
  await stillServes()
})

test('a body that is far too long is refused in the words of the service', async () => {
  for (const megabytes of [3, 17, 40]) {
    const body = 'x'.repeat(megabytes * 1024 * 1024)
    const answer = await send({ method: 'POST', path: DOCS, headers: KEY, body })
    assert.equal(answer.status, 413)
    assert.equal(JSON.parse(answer.body).code, 'RequestEntityTooLarge')
  }
  await stillServes()
})

test('names and ids of any text come through', async () => {
  const names = ['漢字 🌊', 'ünï-cöde', '100% sure', '50%25', 'a+b&c=d', "it's", 'x:y;z', '{braces}', '[1]', '"q"']
  for (const id of names) {
    const { database } = await client.databases.create({ id })
    const { container } = await database.containers.create({ id, partitionKey: { paths: ['/k'], version: 2 } })
    const { storedProcedure } = await container.scripts.storedProcedures.create({
      id,
      body: 'function (a) { __.response.setBody(a) }',
    })
    await container.items.create({ id, k: id })
    assert.equal((await container.item(id, id).read()).resource?.id, id)
    assert.equal((await storedProcedure.execute(id, [id])).resource, id)
    const ordered = container.items.query('SELECT VALUE c.k FROM c ORDER BY c.k', { maxItemCount: 1 })
    await container.items.create({ id: `${id}2`, k: `${id}2` })
    assert.deepEqual((await ordered.fetchAll()).resources, [id, `${id}2`])
    const one = container.items.query('SELECT VALUE c.k FROM c ORDER BY c.k', { maxItemCount: 1, partitionKey: id })
    assert.deepEqual((await one.fetchAll()).resources, [id])
    await container.item(id, id).delete()
    await database.delete()
  }
})

test('commands that are none are told so', async () => {
  for (const name of ['constructor', '__proto__', 'toString', 'nothing', '']) {
    const answer = await send({ method: 'POST', path: `/_emulator/${name}`, headers: JSON_TYPE })
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [404, 'NotFound'])
  }
  for (const body of ['', 'x', '[]', '{"database":"none","container":"none"}']) {
    for (const name of ['partitions', 'split', 'merge', 'stale-reads', 'faults']) {
      const answer = await send({ method: 'POST', path: `/_emulator/${name}`, headers: JSON_TYPE, body })
      expect([200, 400, 404]).toContain(answer.status)
    }
  }
  await stillServes()
})
