import { consumptionProjection } from '../../support/consumption.ts'
import { type Aim, type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'
import { virtualCluster } from '../../support/virtual/cosmos-cluster.ts'

// Virtual milliseconds: by when the ranges are shared out, and for how long requests are counted.
const SETTLED = 60_000
const WINDOW = 60_000

const CELLS: readonly { workers: number; ranges: number; projections: number; aim: Aim | null; slow?: true }[] = [
  { workers: 4, ranges: 16, projections: 1, aim: null },
  { workers: 4, ranges: 16, projections: 8, aim: { below: 60.01 } },
  { workers: 4, ranges: 16, projections: 32, aim: { below: 60.01 } },
  { workers: 16, ranges: 256, projections: 8, aim: { below: 500.01 }, slow: true },
]

/** What workers that have nothing to do ask of Azure Cosmos DB, all together, by the number of workers, ranges and projections. */
export const scaleIdle: Measure = {
  id: 'scale-idle',
  title: 'Cosmos DB, virtual time: requests and RU of idle workers, by workers, ranges and projections',

  async run({ quick, progress }) {
    const rows: Row[] = []
    for (const { workers, ranges, projections, aim, slow } of CELLS) {
      if (quick && slow) continue
      const name = `${workers}x${ranges}x${projections}`
      progress(`${name} (workers, ranges, projections)`)
      const all = Array.from({ length: projections }, (_, i) => consumptionProjection(`consumption-${i}`))
      await using cluster = await virtualCluster(workers, ranges, all)
      await cluster.time.pass(SETTLED)
      const { requests, charge } = await cluster.meter.costOf(() => cluster.time.pass(WINDOW))
      const label = `idle, ${name} (workers, ranges, projections)`
      rows.push(
        row(`scale-idle-${name}`, `${label}: a second`, summarise([(charge / WINDOW) * 1000]), 'RU', aim),
        row(
          `scale-idle-${name}-requests`,
          `${label}: requests a second`,
          summarise([(requests / WINDOW) * 1000]),
          '/s',
        ),
      )
    }
    return rows
  },
}
