import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { randomFrom } from '../../../src/core/random.ts'
import { startProcessor } from '../../../src/index.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { type Measure, type Row, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'
import { type ClusterSize, modelledWorkers } from '../../support/virtual/modelled-workers.ts'
import { virtualTime } from '../../support/virtual/time.ts'

const SIZES: readonly (ClusterSize & { readonly slow?: true })[] = [
  { workers: 10, ranges: 100, projections: 10 },
  { workers: 100, ranges: 1_000, projections: 10 },
  { workers: 1_000, ranges: 10_000, projections: 10, slow: true },
  { workers: 1_000, ranges: 10_000, projections: 100, slow: true },
]

const SETTLED = 30_000
const WINDOW = 30_000

/** What one worker more does and takes in clusters of up to a million leases, whose other workers are a model. */
export const scaleLargest: Measure = {
  id: 'scale-largest',
  title: 'virtual time: a worker that joins clusters of up to 1,000 workers, 10,000 ranges and 100 projections',

  async run({ quick, progress }) {
    const rows: Row[] = []
    for (const size of SIZES) {
      if (quick && size.slow) continue
      progress(`${nameOf(size)} (workers, ranges, projections)`)
      rows.push(...(await join(size)))
    }
    return rows
  },
}

const nameOf = ({ workers, ranges, projections }: ClusterSize): string => `${workers}x${ranges}x${projections}`

async function join(size: ClusterSize): Promise<Row[]> {
  const time = virtualTime()
  const projections = Array.from({ length: size.projections }, (_, i) => consumptionProjection(`consumption-${i}`))
  const names = projections.map(({ name }) => name)
  const { port, counts } = modelledWorkers(size, names, time)
  const memory = () => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = memory()
  const seconds = processorSeconds()
  const options = { workerId: 'joins', clock: time.clock, random: randomFrom(1) }
  await using processor = await time.during(startProcessor(port, projections, options))
  await time.pass(SETTLED)
  const joining = seconds()
  const heap = memory() - before
  const { ranges } = await processor.status()
  const share = ranges.filter(({ owner }) => owner === 'joins').length
  const fair = (size.ranges * size.projections) / (size.workers + 1)
  // Ranges are given out whole, each with all projections.
  if (Math.abs(share - fair) > size.projections) throw new Error(`It took ${share} leases, and its share is ${fair}`)
  const start = { ...counts }
  const idle = processorSeconds()
  await time.pass(WINDOW)
  const busy = idle()
  const end = { ...counts }
  const a = (count: keyof typeof counts) => summarise([((end[count] - start[count]) / WINDOW) * 1000])
  await time.during(processor.stop())
  const id = `scale-largest-${nameOf(size)}`
  const label = `one of ${nameOf(size)} (workers, ranges, projections)`
  return [
    row(`${id}-joining`, `${label}: processor time until it has its share`, summarise([joining]), 's'),
    row(`${id}-heap`, `${label}: memory`, summarise([heap / 1e6]), 'MB'),
    row(`${id}-busy`, `${label}: processor time a virtual second`, summarise([(busy / WINDOW) * 1e6]), 'ms'),
    row(`${id}-documents`, `${label}: lease documents read a second`, a('documents'), '/s'),
    row(`${id}-saves`, `${label}: leases saved a second`, a('saves'), '/s'),
    row(`${id}-reads`, `${label}: feed reads a second`, a('reads'), '/s'),
  ]
}

/** What is no longer used is not counted as memory. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** Counts the processor time from now on, in seconds. */
function processorSeconds(): () => number {
  const before = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  }
}
