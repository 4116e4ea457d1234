import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Projection, startProcessor } from '../../../src/index.ts'
import { loadProjections } from '../../../src/open/definitions/load-projections.ts'
import { isReaction } from '../../../src/reactions/reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { benchAccount } from '../../support/cosmos/account.ts'
import { chargedBy, liveAccount } from '../../support/cosmos/live.ts'
import { type Cost, rateOf } from '../../support/cosmos/request-meter.ts'
import { type Aim, type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'

const RANGES = 4
// By when it has taken its leases and read to the end.
const SETTLED = 2_500
// Twice as long as leases take to be renewed by default, and once with the longer intervals.
const WINDOW = 10_000
const LONGER = { pollInterval: 5_000, leaseDuration: 30_000 }

// An account has fewer ranges, for which the looks at the leases weigh more.
const AIM = liveAccount === undefined ? { below: 2 } : null

/**
 * All requests of a worker that has nothing to do, by the second and the feed range: it looks at the feed and at the
 * leases, renews its own and says that it is alive. With the default settings, for one projection and for those of the
 * demo; and with longer intervals, for those who want to pay less.
 */
export const cosmosIdleWorker: Measure = {
  id: 'cosmos-idle-worker',
  title: `Cosmos DB: requests and RU of an idle worker with ${RANGES} ranges`,

  async run({ quick }) {
    const folder = fileURLToPath(new URL('../../../projections', import.meta.url))
    const demo = (await loadProjections(folder, withViews(openMemory()))).filter((one) => !isReaction(one))
    const windows = quick ? 1 : 3
    const alone = [consumptionProjection('consumption')]
    // Each on an account of its own, at once: nothing is timed here but the intervals.
    const [one, all, rare] = await Promise.all([idle(alone, windows), idle(demo, windows), idle(demo, windows, LONGER)])
    const seconds = `looks every ${LONGER.pollInterval / 1000} s, leases of ${LONGER.leaseDuration / 1000} s`
    return [
      ...toRows('cosmos-idle-worker', 'idle worker, 1 projection', one, AIM),
      ...toRows('cosmos-idle-worker-demo', `idle worker, ${demo.length} projections`, all, AIM),
      ...toRows('cosmos-idle-worker-longer', `idle worker, ${demo.length} projections, ${seconds}`, rare),
    ]
  },
}

/** What a worker asks for in each window, by the second and range. */
async function idle(
  projections: readonly Projection[],
  windows: number,
  settings: Partial<typeof LONGER> = {},
): Promise<Cost[]> {
  const { pollInterval } = settings
  await using account = benchAccount({ partitions: RANGES })
  const storage = await account.open(pollInterval === undefined ? {} : { pollInterval })
  const ranges = (await storage.feed.ranges()).length
  const onError = (error: unknown) => console.error(error)
  await using _processor = await startProcessor(storage, projections, { ...settings, onError })
  await sleep(SETTLED)
  const rates: Cost[] = []
  for (let i = 0; i < windows; i++) {
    const begun = performance.now()
    const cost = await account.meter.costOf(() => sleep(WINDOW))
    rates.push(rateOf(cost, (performance.now() - begun) / 1000, ranges))
  }
  return rates
}

const toRows = (id: string, label: string, rates: readonly Cost[], aim: Aim | null = null): Row[] => [
  row(
    `${id}-requests`,
    `${label}: requests a second and range`,
    summarise(rates.map(({ requests }) => requests)),
    '/s',
    aim,
  ),
  row(
    `${id}-charge`,
    `${label}: a second and range`,
    summarise(rates.map(({ charge }) => charge)),
    'RU',
    null,
    chargedBy,
  ),
]
