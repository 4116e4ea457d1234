import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { fetchPage } from '../../../../../src/adapters/cosmos/client/fetch-page.ts'
import { openContainer } from '../../../../../src/adapters/cosmos/client/open-container.ts'
import { feedOptions } from '../../../../../src/adapters/cosmos/feed/feed-options.ts'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between, type Seen } from '../support/between.ts'

// What of the SDK is not in its documentation, and must be looked at again when it changes.

async function container() {
  const requests: Seen[] = []
  const emulator = between(cosmosEmulator(), (request) => void requests.push(request))
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const { database } = await client.databases.create({ id: 'd' })
  await database.containers.create({ id: 'c', partitionKey: '/id' })
  const open = openContainer(database, 'c')
  await open.container.items.create({ id: 'a' })
  requests.length = 0
  return { open, requests }
}

const signal = new AbortController().signal
const query = { query: 'SELECT * FROM c', parameters: [] }

test('the promise of a query plan is a field of the iterator, so that no plan is asked for', async () => {
  const { open, requests } = await container()
  expect(Object.keys(open.container.items.query(query))).toContain('queryPlanPromise')
  const { rows } = await fetchPage(open, query, { partitionKey: 'a' })
  expect([rows.length, requests.length]).toEqual([1, 1])
})

test('a page of a query bears the headers of its answer', async () => {
  const { open } = await container()
  const { headers } = await fetchPage(open, query, { partitionKey: 'a' })
  expect(headers['x-ms-session-token']).toBe('0:-1#1')
})

test('without a query, a page of the change feed comes in one request, with its ETag', async () => {
  const { open, requests } = await container()
  const options = { ...feedOptions({ abortSignal: signal }, { etag: '"0"' }, 10), partitionKey: 'a' }
  const { rows, headers } = await fetchPage<{ readonly _lsn: number }>(open, undefined, options)
  expect([rows.map(({ _lsn }) => _lsn), headers.etag]).toEqual([[1], '"1"'])
  expect(requests.map(({ method, headers: sent }) => [method, sent['a-im'], sent['if-none-match']])).toEqual([
    ['GET', 'Incremental Feed', '"0"'],
  ])
})

test('a client that was loaded by require works like any other', async () => {
  const { CosmosClient: Other } = createRequire(import.meta.url)('@azure/cosmos') as {
    CosmosClient: typeof CosmosClient
  }
  expect(Other).not.toBe(CosmosClient)
  const client = new Other(cosmosEmulator({ partitions: 2 }))
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', setup: true, deadline: 3000 })
  onTestFinished(() => port.close())
  const event = { eventType: 'E', eventData: {}, metadata: { eventId: 'e' } }
  const { position } = await port.events.append('a:1', [event], { expectedVersion: 0 })
  const found: string[] = []
  for (const from of ['start', new Date(Date.now() - 1000)] as const) {
    for (const range of await port.feed.ranges()) {
      const { events, continuation } = await port.feed.read(range, from)
      found.push(...events.map(({ event: { id } }) => id))
      await port.feed.read(range, continuation)
      await port.feed.read(range, 'now')
    }
  }
  expect(found).toEqual(['a:1:1', 'a:1:1'])
  expect(await port.events.locate(position)).toMatchObject([{ at: { lsn: 1 } }])
})

test('the adapter takes types from the SDK and nothing else, so that any copy of it may have made the client', async () => {
  const folder = new URL('../../../../../src/adapters/cosmos/', import.meta.url)
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const imports = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return [...text.matchAll(/^import ([^'"]*)'@azure\/cosmos'/gm)].map(([, what]) => `${name}: ${what}`)
    }),
  )
  const all = imports.flat()
  expect(all.length).toBeGreaterThan(5)
  expect(all.filter((one) => !/: type \{/.test(one))).toEqual([])
})
