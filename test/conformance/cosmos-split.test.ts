import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Container, CosmosClient, type OfferDefinition } from '@azure/cosmos'
import { onTestFinished, test } from 'vitest'
import { type CosmosPort, openCosmosPort } from '../../src/adapters/cosmos/index.ts'
import { systemClock } from '../../src/core/clock.ts'
import { startCosmosEmulator } from '../../src/cosmos-emulator/index.ts'
import { startProcessor } from '../../src/processor/processor.ts'
import { withViews } from '../../src/views/with-views.ts'
import { credentialsOf, isLive } from '../support/cosmos/databases.ts'
import { until, untilCaughtUp } from '../support/projecting/until.ts'
import { plainFold, storedViews } from '../support/projecting/views.ts'
import { Reader } from '../unit/adapters/cosmos/support/reader.ts'
import { append, overall, perStream } from '../unit/processor/support.ts'

// A physical split takes an account minutes to hours, and 20,000 request units a second for each partition that there
// was are billed meanwhile; Microsoft's emulator never splits. So an account is split only when it is asked for.
const { COSMOS_SPLIT, COSMOS_SPLIT_MINUTES = '360' } = process.env
const splits = !isLive || COSMOS_SPLIT === '1'
const WITHIN = isLive ? Number(COSMOS_SPLIT_MINUTES) * 60_000 : 60_000
const UNITS_OF_PARTITION = 10_000
const PROJECTIONS = [perStream, overall]
const DATABASE = `tidemark-split-${randomUUID()}`

const toldOf = isLive ? 'the account of COSMOS_ENDPOINT' : 'our emulator as a server'
process.stdout.write(
  splits
    ? `A physical split by throughput, on ${toldOf}\n`
    : `NOT RUN: a physical split by throughput. COSMOS_SPLIT=1 forces one on ${toldOf}, which costs time and money\n`,
)

/** An account, and as many openings of one database in it as are asked for, each by a client of its own. */
async function account() {
  const emulator = isLive ? undefined : await startCosmosEmulator()
  if (emulator !== undefined) onTestFinished(emulator.close)
  const newClient = () => {
    const client = new CosmosClient(emulator ?? credentialsOf())
    onTestFinished(() => client.dispose())
    return client
  }
  const client = newClient()
  onTestFinished(async () => void (await client.database(DATABASE).delete()))
  const open = async (setup = false): Promise<CosmosPort> => {
    const options = { database: DATABASE, pollInterval: 100 }
    const port = await openCosmosPort(newClient(), {
      ...options,
      ...(setup && { setup: { eventsThroughput: 4_000 } }),
    })
    onTestFinished(port.close)
    return port
  }
  return { open, events: client.database(DATABASE).container('events') }
}

async function partitionsOf(events: Container): Promise<number> {
  return (await events.readPartitionKeyRanges().fetchAll()).resources.length
}

async function raiseThroughput(events: Container, offerThroughput: number): Promise<void> {
  const { offer, resource } = await events.readOffer()
  const content = { ...resource?.content, offerThroughput }
  await offer?.replace({ ...resource, content } as OfferDefinition)
}

test.runIf(splits)('a split by throughput loses and repeats nothing', { timeout: WITHIN + 60_000 }, async () => {
  const { open, events } = await account()
  const writer = await open(true)
  const { views } = withViews(writer)
  const processors = await Promise.all(
    [await open(), await open()].map((port) =>
      startProcessor(port, PROJECTIONS, { pageSize: 7, leaseDuration: 5_000, pollInterval: 100 }),
    ),
  )
  onTestFinished(async () => {
    for (const processor of processors) await processor.stop()
  })
  const reader = new Reader((await open()).feed)
  const versions = new Map<string, number>()
  const positions = new Map<string, string>()
  let appends = 0
  const appendSome = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const streamId = `s:${appends++ % 23}`
      positions.set(streamId, await append(writer, streamId, [appends, appends]))
      versions.set(streamId, (versions.get(streamId) ?? 0) + 2)
    }
  }
  const sees = async (streamId: string) => {
    const position = positions.get(streamId) ?? assert.fail()
    const view = await views.waitFor(perStream, streamId, position, { timeout: 60_000 })
    assert.equal(view?.order.at(-1), versions.get(streamId))
  }

  await appendSome(60)
  for (let i = 0; i < 5; i++) await reader.step(i, 7)
  await sees('s:0')
  const before = { partitions: await partitionsOf(events), position: positions.get('s:1') ?? assert.fail() }

  await raiseThroughput(events, before.partitions * 2 * UNITS_OF_PARTITION)
  const isSplit = async () => (await partitionsOf(events)) >= before.partitions * 2
  for (let i = 0; !(await isSplit()); i++) {
    await appendSome(3)
    await reader.step(i, 7)
    if (isLive) await systemClock.sleep(5_000)
  }
  await appendSome(60)

  await until('the feed tells of the split', async () => (await writer.feed.ranges()).length >= before.partitions * 2)
  await reader.drain()
  assert.ok(reader.ranges.length >= before.partitions * 2, 'the reader goes on in what the ranges were cut into')
  assert.equal(
    reader.folded.length,
    [...versions.values()].reduce((sum, version) => sum + version, 0),
  )
  for (const streamId of versions.keys()) await sees(streamId)
  await views.waitFor(perStream, 's:1', before.position, { timeout: 60_000 })
  await untilCaughtUp(writer, PROJECTIONS)
  for (const projection of PROJECTIONS) {
    assert.deepEqual(await storedViews(writer, projection), await plainFold(writer, projection))
  }
})
