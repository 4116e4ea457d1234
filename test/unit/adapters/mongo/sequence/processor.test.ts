import { MongoClient } from 'mongodb'
import { expect, it } from 'vitest'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { loseTail } from '../../../../support/mongo/lose-tail.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'
import { untilCaughtUp } from '../../../../support/projecting/until.ts'
import { plainFold, storedViews } from '../../../../support/projecting/views.ts'
import { append, overall, perStream } from '../../../processor/support.ts'

const PROJECTIONS = [perStream, overall]
const SETTINGS = { pageSize: 7, leaseDuration: 1000, pollInterval: 100 }

it('two workers fold each event once while commands fail, and follow leases without listing them', async () => {
  await using on = await onModel()
  const clients = [1, 2].map(() => new MongoClient(on.model.uri))
  const writer = await on.open({ slots: 4, pollInterval: 20 })
  const workers = await Promise.all(clients.map((one) => on.open({ slots: 4, pollInterval: 20 }, one)))
  const processors = await Promise.all(workers.map((port) => startProcessor(port, PROJECTIONS, SETTINGS)))
  let commands = 0
  on.model.decide((name) => {
    if (name === 'ping' || ++commands % 23 > 0) return undefined
    return (['cutAfter', { code: 10107 }, 'cutBefore', { code: 91, labels: ['RetryableWriteError'] }] as const)[
      commands % 4
    ]
  })
  for (let round = 0; round < 4; round++) {
    const appended = Array.from({ length: 20 }, (_, i) => append(writer, `s:${(round + i) % 17}`, [i, round]))
    const positions = await Promise.all(appended)
    const last = `s:${(round + 19) % 17}`
    const view = await withViews(writer).views.waitFor(perStream, last, positions.at(-1) as string, { timeout: 20_000 })
    expect(view?.order.at(-1)).toBe((await writer.events.load(last)).version)
  }
  on.model.decide(undefined)
  await untilCaughtUp(writer, PROJECTIONS)
  for (const projection of PROJECTIONS) {
    expect(await storedViews(writer, projection)).toEqual(await plainFold(writer, projection))
  }
  // Once both have begun, they look at what changed.
  const isOfLeases = ({ find, filter }: { find?: unknown; filter?: object }) =>
    find === 'leases' && filter !== undefined
  const before = on.model.commands.length
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const looks = on.model.commands.slice(before).filter(isOfLeases)
  expect(looks.some(({ filter }) => '$or' in filter)).toBe(true)
  expect(looks.filter(({ filter, limit }) => Object.keys(filter).length === 0 && limit === undefined)).toEqual([])
  for (const processor of processors) await processor.stop()
  for (const client of clients) await client.close()
}, 60_000)

it('a log that lost what a worker has read is not opened, and once it is accepted, its views are refused', async () => {
  await using on = await onModel()
  const port = await on.open({ pollInterval: 20 })
  await append(port, 's:1', [1, 2, 3])
  const processor = await startProcessor(port, [overall], SETTINGS)
  await untilCaughtUp(port, [overall])
  await processor.stop()
  await loseTail(on.client, 'x', 's:1', 1)
  await expect(on.open()).rejects.toMatchObject({ code: expect.stringMatching(/LogDiverged|TidemarkAheadOfLog/) })
  const accepted = await on.open({ acceptDivergedLog: true, pollInterval: 20 })
  await append(accepted, 's:1', [7])
  await expect(withViews(accepted).views.get(overall, 'all')).rejects.toMatchObject({ code: 'IncarnationMismatch' })
}, 60_000)
