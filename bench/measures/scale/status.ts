import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { healthOf, isReady } from '../../../src/processor/status/health.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { type Measure, row } from '../../support/measure.ts'
import { seedEvents } from '../../support/seed.ts'
import { summarise } from '../../support/statistics.ts'
import { virtualCluster } from '../../support/virtual/cosmos-cluster.ts'

const [WORKERS, RANGES, PROJECTIONS] = [4, 16, 8]
const BEHIND = 200

/** What it costs to ask workers that are far behind how they are. */
export const scaleStatus: Measure = {
  id: 'scale-status',
  title: 'Cosmos DB, virtual time: RU of the status, and feed requests of the probes, of workers far behind',

  async run({ progress }) {
    const projections = Array.from({ length: PROJECTIONS }, (_, i) => consumptionProjection(`consumption-${i}`))
    let [feedCalls, isStuck] = [0, false]
    const stuck = (storage: StoragePort): StoragePort => ({
      ...storage,
      viewStore: {
        ...storage.viewStore,
        save: (view, condition) =>
          isStuck
            ? Promise.reject(new StorageUnavailable('No view is saved'))
            : storage.viewStore.save(view, condition),
      },
      feed: new Proxy(storage.feed, {
        get(feed, name) {
          feedCalls++
          return Reflect.get(feed, name)
        },
      }),
    })
    await using cluster = await virtualCluster(WORKERS, RANGES, projections, {
      wrap: stuck,
      onError() {},
      pageSize: 50,
    })
    const { time, meter, processors, storages } = cluster
    await time.pass(30_000)
    isStuck = true
    progress(`${BEHIND * RANGES} events`)
    await time.during(seedEvents(storages[0] as (typeof storages)[0], BEHIND * RANGES))
    await time.pass(10_000)
    const charges: number[] = []
    let behind = 0
    let probes = 0
    for (const processor of processors) {
      const { charge } = await meter.costOf(async () => {
        const { ranges, workerId } = await time.during(processor.status())
        behind += ranges.reduce((sum, range) => sum + (range.owner === workerId ? (range.behind ?? 0) : 0), 0)
      })
      charges.push(charge)
      await time.pass(3_000)
      const before = feedCalls
      const status = await processor.status()
      healthOf(status, time.clock.now())
      isReady(status)
      probes += feedCalls - before
    }
    // Those in the pages that are being folded are counted, too.
    if (behind < (BEHIND * RANGES * PROJECTIONS) / 2) throw new Error(`The workers are behind by ${behind} only`)
    const label = `${WORKERS} workers, ${RANGES} ranges, ${PROJECTIONS} projections, far behind`
    return [
      row('scale-status', `${label}: one status`, summarise(charges), 'RU', { below: 50.01 }),
      row('scale-status-feed', `${label}: feed requests of health and readiness`, summarise([probes]), '', {
        below: 1,
      }),
    ]
  },
}
