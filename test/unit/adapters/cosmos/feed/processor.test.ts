import assert from 'node:assert/strict'
import { CosmosClient } from '@azure/cosmos'
import { onTestFinished, test } from 'vitest'
import { type CosmosPort, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { untilCaughtUp } from '../../../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../../../support/projecting/views.ts'
import { append, overall, perStream } from '../../../processor/support.ts'

const DATABASE = 'processor'
const PROJECTIONS = [perStream, overall]

/** Openings of one database, as several processes have it. */
async function openings(count: number) {
  const emulator = cosmosEmulator({ partitions: (_, container) => (container === 'events' ? 2 : 1) })
  const { endpoint, key, httpClient } = emulator
  const ports: CosmosPort[] = []
  for (let i = 0; i < count; i++) {
    const client = new CosmosClient({ endpoint, key, httpClient })
    const port = await openCosmosPort(client, { database: DATABASE, setup: i === 0, pollInterval: 20 })
    onTestFinished(port.close)
    ports.push(port)
  }
  return { emulator, ports }
}

test('two workers fold each event once while partitions are split and merged, and replicas are behind', async () => {
  const { emulator, ports } = await openings(3)
  const [writer, ...workers] = ports as [CosmosPort, CosmosPort, CosmosPort]
  let reads = 0
  emulator.staleReads = () => reads++ % 4
  const settings = { pageSize: 7, leaseDuration: 1000, pollInterval: 100 }
  const processors = await Promise.all(workers.map((port) => startProcessor(port, PROJECTIONS, settings)))
  const partitions = () => emulator.partitions(DATABASE, 'events')
  const storage = withViews(writer)
  for (let round = 0; round < 6; round++) {
    const appended = Array.from({ length: 20 }, (_, i) => append(writer, `s:${(round + i) % 17}`, [i, round]))
    const [one, two] = partitions()
    if (one && two && round % 3 === 2) emulator.merge(DATABASE, 'events', one.id, two.id)
    else if (one) emulator.split(DATABASE, 'events', one.id)
    const positions = await Promise.all(appended)
    const last = (round + 19) % 17
    const view = await storage.views.waitFor(perStream, `s:${last}`, positions.at(-1) as string, { timeout: 20_000 })
    const { version } = await writer.events.load(`s:${last}`)
    assert.equal(view?.order.at(-1), version, 'waitFor answers a view that has the event')
  }
  emulator.staleReads = 0
  await untilCaughtUp(writer, PROJECTIONS)
  assert.ok((await writer.feed.ranges()).length >= 4, 'the ranges were cut')
  for (const projection of PROJECTIONS) {
    assert.deepEqual(await storedViews(writer, projection), await plainFold(writer, projection))
  }
  for (const processor of processors) await processor.stop()
}, 60_000)
