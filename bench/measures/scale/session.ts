import { consumptionProjection } from '../../support/consumption.ts'
import { type Measure, row } from '../../support/measure.ts'
import { meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { summarise } from '../../support/statistics.ts'
import { virtualCluster } from '../../support/virtual/cosmos-cluster.ts'

const EVENTS = 2_000

/** How long the session token is that a request carries, by the number of physical partitions. */
export const scaleSession: Measure = {
  id: 'scale-session',
  title: 'Cosmos DB, virtual time: bytes of the longest session token in a request, by physical partitions',

  async run({ quick, progress }) {
    const rows = []
    for (const partitions of quick ? [16] : [16, 1_024]) {
      progress(`${partitions} partitions`)
      const projection = consumptionProjection('consumption')
      await using cluster = await virtualCluster(2, partitions, [projection])
      const { time, storages } = cluster
      const [storage] = storages as [(typeof storages)[0]]
      await time.pass(10_000)
      const last = await time.during(seedEvents(storage, EVENTS))
      await time.during(storage.views.waitFor(projection, meterOf(EVENTS - 1), last, { timeout: 60_000 }))
      for (let i = 0; i < 100; i++) await time.during(storage.events.load(`reading:${meterOf(i)}`))
      const label = `${partitions.toLocaleString('en-US')} partitions: the longest session token of a request`
      const bytes = summarise([cluster.longestSession()])
      rows.push(row(`scale-session-${partitions}`, label, bytes, 'bytes', { below: 129 }))
    }
    return rows
  },
}
