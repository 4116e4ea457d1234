import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { openCosmosPort, setUpCosmos } from '../../../../../src/adapters/cosmos/index.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { cosmosEmulator, type EmulatorOptions } from '../../../../../src/cosmos-emulator/index.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'
import { between, type Given, isContainerRead, isFeed, isQuery, type Own, type Seen } from '../support/between.ts'

// Answers that the service gives, and our emulator does not.

type Answer = (request: Seen, own: Own) => Given | undefined | Promise<Given | undefined>

async function start(options: EmulatorOptions = {}, clock?: ReturnType<typeof manualClock>) {
  const requests: Seen[] = []
  let answer: Answer = () => undefined
  const emulator = between(cosmosEmulator(options), (request, own) => {
    requests.push(request)
    return answer(request, own)
  })
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', setup: true, deadline: 5000, ...(clock && { clock }) })
  onTestFinished(() => port.close())
  const answerWith = (given: Answer) => {
    requests.length = 0
    answer = given
  }
  return { emulator, client, port, requests, answerWith }
}

const WHOLE = { min: '', max: 'FF' }
const event = (eventId: string) => ({ eventType: 'E', eventData: {}, metadata: { eventId } })

const append = (port: StoragePort, streamId: string, version: number) =>
  port.events.append(streamId, [event(`e${version}`)], { expectedVersion: version - 1 })

test('a start by time drains an aggregate that is answered in parts, some of them empty', async () => {
  // A clock that ran ahead: what is asked for was written long before the time that it was recorded at.
  const clock = manualClock(Date.now() + 3_600_000)
  const { port, answerWith } = await start({}, clock)
  for (let version = 1; version <= 6; version++) {
    await append(port, 'a:1', version)
    clock.advance(60_000)
  }
  const parts: Given['body'][] = [{}, 1_900_000_000, 1_800_000_000, {}]
  let pages = 0
  let whole: Given | undefined
  answerWith(async (request, own) => {
    if (!isQuery(request) || !request.body.includes('MIN')) return undefined
    whole ??= await own()
    const { headers } = whole
    const page = pages++
    if (page === parts.length) return whole
    const more = { ...headers, 'x-ms-continuation': `part ${page + 1}` }
    return { status: 200, headers: more, body: { _rid: 'r', Documents: [parts[page]], _count: 1 } }
  })
  const read = await port.feed.read(WHOLE, new Date(clock.now() - 4 * 60_000))
  expect(read.events.map(({ event: { id } }) => id)).toEqual(['a:1:3', 'a:1:4', 'a:1:5', 'a:1:6'])
  expect(pages).toBe(parts.length + 1)
})

test('a start by time asks for what was written since then, and looks at no event before', async () => {
  const clock = manualClock(Date.now() - 3_600_000)
  const { port, requests, answerWith } = await start({ clock }, clock)
  for (let version = 1; version <= 50; version++) {
    await append(port, 'a:1', version)
    clock.advance(60_000)
  }
  answerWith(() => undefined)
  const from = new Date(clock.now() - 3 * 60_000)
  const { events } = await port.feed.read(WHOLE, from)
  expect(events.map(({ event: { id } }) => id)).toEqual(['a:1:48', 'a:1:49', 'a:1:50'])
  const since = requests.filter(isFeed).flatMap(({ headers }) => headers['if-modified-since'] ?? [])
  expect(since).toEqual([new Date(from.getTime() - 60_000).toUTCString()])
})

test('a partition that is gone for another reason than a split is not taken for an end', async () => {
  const { port, answerWith } = await start()
  await append(port, 'a:1', 1)
  let left = 2
  answerWith((request) =>
    isFeed(request) && left-- > 0 ? { status: 410, headers: { 'x-ms-substatus': '1008' } } : undefined,
  )
  const page = await port.feed.read(WHOLE, 'start')
  expect([page.events.length, left]).toEqual([1, -1])
  left = 2
  const now = await port.feed.read(WHOLE, 'now')
  await append(port, 'a:1', 2)
  expect((await port.feed.read(WHOLE, now.continuation)).events.map(({ event: { id } }) => id)).toEqual(['a:1:2'])
})

test('an empty page in the midst of what a server must look through is not an end', async () => {
  const { port, answerWith } = await start()
  for (let version = 1; version <= 4; version++) await append(port, 'a:1', version)
  let left = 2
  answerWith(async (request, own) => {
    if (!isFeed(request) || left-- <= 0) return undefined
    const { headers } = await own()
    const looked = Number((request.headers['if-none-match'] ?? '"0"').replaceAll('"', '')) + 1
    return { status: 200, headers: { ...headers, etag: `"${looked}"` }, body: { _rid: 'r', Documents: [], _count: 0 } }
  })
  const page = await port.feed.read(WHOLE, 'start')
  expect(page.events.map(({ event: { id } }) => id)).toEqual(['a:1:3', 'a:1:4'])
  expect([page.caughtUp, left]).toEqual([true, -1])
})

test('an answer to the end of the feed without an ETag is not taken for its start', async () => {
  const { port, answerWith } = await start()
  for (let version = 1; version <= 3; version++) await append(port, 'a:1', version)
  answerWith(async (request, own) => {
    if (!isFeed(request) || request.headers['if-none-match'] !== '*') return undefined
    const { status, headers, body } = await own()
    const { etag: _, ...others } = headers
    return { status, headers: others, body }
  })
  const now = await port.feed.read(WHOLE, 'now')
  expect([now.events, now.caughtUp]).toEqual([[], true])
  await append(port, 'a:1', 4)
  const { events } = await port.feed.read(WHOLE, now.continuation)
  expect(events.map(({ event: { id } }) => id)).toEqual(['a:1:4'])
})

test('whoever appends and follows the feed reads no definition of a container', async () => {
  const { port, requests } = await start({ partitions: 4 })
  const { position } = await append(port, 'a:1', 1)
  let places = await Promise.all((await port.feed.ranges()).map((range) => port.feed.read(range, 'start')))
  requests.length = 0
  for (let version = 2; version <= 12; version++) {
    await append(port, 'a:1', version)
    const ranges = await port.feed.ranges()
    places = await Promise.all(ranges.map((range, i) => port.feed.read(range, places[i]?.continuation ?? 'start')))
    await port.events.locate(position)
  }
  expect(requests.filter(isContainerRead)).toEqual([])
  expect(requests.length).toBe(11 * (2 + 4 + 1))
})

test('the position of a repeat is found from about when its event was written, not from the start of the feed', async () => {
  const clock = manualClock(Date.now() - 86_400_000)
  const { port, requests, answerWith } = await start({ clock }, clock)
  await append(port, 'a:1', 1)
  clock.advance(3_600_000)
  for (let version = 1; version <= 20; version++) await append(port, 'b:1', version)
  const again = await append(port, 'a:1', 1)
  expect(again.duplicate).toBe(true)
  answerWith(() => undefined)
  expect(await port.events.locate(again.position)).toMatchObject([{ at: { lsn: 1 } }])
  const starts = requests.filter(isFeed).map(({ headers }) => headers['if-none-match'] ?? headers['if-modified-since'])
  expect(starts).toEqual(['"20"', new Date(clock.now() - 3_600_000 - 60_000).toUTCString()])
})

test.each([400, 413])('a view that the service refuses with %d is refused for good', async (status) => {
  const { port, answerWith } = await start()
  const ref = { projection: 'p', version: 1, key: 'k' }
  const view = { ...ref, id: '', data: {}, incarnation: 'i', tidemarks: [] }
  answerWith(({ method, path }) => (method === 'POST' && path.endsWith('/colls/views/docs') ? { status } : undefined))
  await expect(port.viewStore.save(view, 'ifAbsent')).rejects.toMatchObject({ code: 'ViewRefused', viewId: 'p:1:k' })
})

test('an answer that is not JSON is told soon, and never taken for one', async () => {
  const { port, requests, answerWith } = await start()
  answerWith(() => ({ status: 400, body: '<html>Request Too Long</html>' }))
  await expect(port.events.load('a:1')).rejects.toMatchObject({ code: 'StorageUnavailable' })
  expect(requests.length).toBeLessThan(7)
  answerWith(() => ({ status: 502, body: '' }))
  await expect(port.events.load('a:1')).rejects.toMatchObject({ code: 'StorageUnavailable' })
})

test('an index that is being built is waited for by setup, and told at opening', async () => {
  const { client, answerWith } = await start()
  const container = client.database('d').container('events')
  const { resource } = await container.read()
  const compositeIndexes = resource?.indexingPolicy?.compositeIndexes?.slice(0, 1) ?? []
  await container.replace({ ...resource, indexingPolicy: { ...resource?.indexingPolicy, compositeIndexes } } as never)
  const storage = client.database('d').container('leases').item('$storage', '$storage')
  const { indexes: _, ...older } = (await storage.read()).resource ?? {}
  await storage.replace(older)
  const open = () => openCosmosPort(client, { database: 'd' })
  await expect(open()).rejects.toMatchObject({ code: 'StorageNotSetUp' })

  let progress = ['0', '43', '100']
  const built: Answer = async (request, own) => {
    if (!isContainerRead(request) || !request.path.endsWith('/events')) return undefined
    const { status, headers, body } = await own()
    const done = progress.length > 1 ? progress.shift() : progress[0]
    const told = { ...headers, 'x-ms-documentdb-collection-index-transformation-progress': String(done) }
    return { status, headers: told, body }
  }
  answerWith(built)
  progress = ['43']
  const setup = setUpCosmos(client, { database: 'd', deadline: 300 })
  await expect(setup).rejects.toMatchObject({ code: 'StorageBusy', message: expect.stringContaining('43 %') })
  await expect(open()).rejects.toMatchObject({ code: 'StorageNotSetUp', message: expect.stringContaining('43 %') })
  progress = ['43', '70', '100']
  await setUpCosmos(client, { database: 'd' })
  expect(progress).toEqual(['100'])
  // Others may be built for other queries since.
  progress = ['7']
  await (await open()).close()
})
