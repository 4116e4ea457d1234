import assert from 'node:assert/strict'
import {
  type ChangeFeedIterator,
  ChangeFeedMode,
  type ChangeFeedPullModelIterator,
  ChangeFeedStartFrom,
  type Container,
  type CosmosClient,
  StatusCodes,
} from '@azure/cosmos'
import { describe, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess, TRANSPORTS } from '../support/emulators.ts'

// The steps of sdk/cosmosdb/cosmos/samples-dev of https://github.com/Azure/azure-sdk-for-js.
type Thing = { readonly id: string; readonly name: string; readonly key: number }

const NAMES = ['sample1', 'sample2', 'sample3', 'sample4']

async function ingest(container: Container, from: number, to: number): Promise<void> {
  for (let key = from; key <= to; key++) {
    for (const name of NAMES) await container.items.create({ id: `item${key}`, name, key })
  }
}

/** Reads until nothing is new; each page must hold one change. */
async function drain(iterator: ChangeFeedPullModelIterator<Thing>): Promise<{ seen: string[]; token: string }> {
  const seen: string[] = []
  for await (const { statusCode, result, continuationToken } of iterator.getAsyncIterator()) {
    if (statusCode === StatusCodes.NotModified) return { seen, token: continuationToken }
    assert.equal(result.length, 1)
    seen.push(...result.map(({ name, key }) => `${name}/${key}`))
  }
  return assert.fail()
}

const both = (from: number, to: number, names = NAMES): string[] =>
  names.flatMap((name) => Array.from({ length: to - from + 1 }, (_, i) => `${name}/${from + i}`))

async function containerOf(client: CosmosClient): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: 'samples' })
  // Version 1, and two physical partitions for so much throughput.
  const partitionKey = { paths: ['/name'], version: 1 }
  return (await database.containers.createIfNotExists({ id: 'feed', partitionKey, throughput: 11_000 })).container
}

describe.each(TRANSPORTS)('the samples of the SDK for the change feed, %s', (_, open) => {
  test('ChangeFeedIteratorLatestVersion: a whole container, a partition key, a range; then on from there', async () => {
    await using opened = await open()
    const container = await containerOf(opened.client)
    assert.equal(opened.emulator.partitions('samples', 'feed').length, 2)
    const read = (changeFeedStartFrom: ChangeFeedStartFrom) =>
      drain(container.items.getChangeFeedIterator<Thing>({ maxItemCount: 1, changeFeedStartFrom }))
    const goOn = (token: string) => read(ChangeFeedStartFrom.Continuation(token))

    await ingest(container, 1, 2)
    const whole = await read(ChangeFeedStartFrom.Beginning())
    assert.deepEqual(whole.seen.toSorted(), both(1, 2))
    await ingest(container, 3, 4)
    assert.deepEqual((await goOn(whole.token)).seen.toSorted(), both(3, 4))

    const ofKey = await read(ChangeFeedStartFrom.Beginning('sample1'))
    assert.deepEqual(ofKey.seen, both(1, 4, ['sample1']))
    await ingest(container, 5, 6)
    assert.deepEqual((await goOn(ofKey.token)).seen, both(5, 6, ['sample1']))

    const ranges = await container.getFeedRanges()
    assert.equal(ranges.length, 2)
    const perRange = await Promise.all(ranges.map((range) => read(ChangeFeedStartFrom.Beginning(range))))
    assert.deepEqual(perRange.flatMap(({ seen }) => seen).toSorted(), both(1, 6))
    await ingest(container, 7, 8)
    const further = await Promise.all(perRange.map(({ token }) => goOn(token)))
    assert.deepEqual(further.flatMap(({ seen }) => seen).toSorted(), both(7, 8))
  })
})

test('ChangeFeed: from a continuation, from a time, from the beginning, from now', async () => {
  // The feed knows whole seconds only; the sample relies on time going by between its calls.
  const clock = manualClock(Date.UTC(2026, 0, 1))
  await using opened = await openInProcess({ clock })
  const { database } = await opened.client.databases.createIfNotExists({ id: 'samples' })
  const partitionKey = { paths: ['/pk'] }
  const { container } = await database.containers.createIfNotExists({ id: 'feed', partitionKey })
  const pk = '0'
  await container.items.create({ id: '1', pk })
  clock.advance(1_000)
  const startTime = new Date(clock.now())
  clock.advance(1_000)
  const { headers } = await container.items.create({ id: '2', pk })
  await container.items.create({ id: '3', pk })

  const iterators = [
    container.items.changeFeed<Thing>(pk, { continuation: String(headers.lsn) }),
    container.items.changeFeed<Thing>(pk, { startTime }),
    container.items.changeFeed<Thing>(pk, { startFromBeginning: true }),
    container.items.changeFeed<Thing>(pk, {}),
  ]
  const next = async (iterator: ChangeFeedIterator<Thing>) =>
    (await iterator.fetchNext()).result.map(({ id }) => id).join()
  const pages: string[] = []
  // The sample has the one that starts at a time answer an empty page first, which a reader has to take anyhow.
  for (const iterator of iterators) pages.push(await next(iterator))
  assert.deepEqual(pages, ['3', '2,3', '1,2,3', ''])
  await container.items.create({ id: '4', pk })
  for (const iterator of iterators) assert.equal(await next(iterator), '4')
})

test('ChangeFeedIteratorAllVersionsAndDeletes is refused, as it is not emulated', async () => {
  await using opened = await openInProcess()
  const container = await containerOf(opened.client)
  const iterator = container.items.getChangeFeedIterator({
    changeFeedMode: ChangeFeedMode.AllVersionsAndDeletes,
    changeFeedStartFrom: ChangeFeedStartFrom.Now(),
  })
  await assert.rejects(iterator.readNext(), { code: 400 })
})
