import { randomFrom } from '../../../src/core/random.ts'
import { type Processor, startProcessor } from '../../../src/index.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { type Measure, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'
import { latentStorage } from '../../support/virtual/latent-storage.ts'
import { mortal } from '../../support/virtual/mortal.ts'
import { virtualTime } from '../../support/virtual/time.ts'

const [WORKERS, RANGES, PROJECTIONS] = [4, 16, 8]
const ROUND_TRIP = 5
const SETTLED = 30_000
// How exactly the time is told, in virtual milliseconds.
const GRAIN = 50

/** How long the ranges of a worker that was killed are nobody's, in virtual time, with the settings by default. */
export const scaleDeadWorker: Measure = {
  id: 'scale-dead-worker',
  title: 'virtual time: until the ranges of a killed worker run elsewhere',

  async run({ quick, progress }) {
    const gaps: number[] = []
    const moments = quick ? 4 : 16
    for (let i = 0; i < moments; i++) {
      progress(`death ${i + 1} of ${moments}`)
      gaps.push(await gapAfterDeath(SETTLED + (i * 5_000) / moments, i))
    }
    const label = `${WORKERS} workers, ${RANGES} ranges, ${PROJECTIONS} projections, one worker killed`
    const longest = Math.max(...gaps) / 1000
    return [
      row('scale-dead-worker', `${label}: until all ranges run elsewhere, at most`, summarise([longest]), 's', {
        below: 16,
      }),
      row('scale-dead-worker-median', `${label}: in the median`, summarise(gaps.map((gap) => gap / 1000)), 's'),
    ]
  },
}

/** @returns virtual milliseconds from the death, at a time after the start, until no range is the dead worker's */
async function gapAfterDeath(at: number, seed: number): Promise<number> {
  const time = virtualTime()
  await using memory = openMemory({ ranges: RANGES, clock: time.clock })
  const projections = Array.from({ length: PROJECTIONS }, (_, i) => consumptionProjection(`consumption-${i}`))
  const random = randomFrom(seed)
  const victim = mortal(latentStorage(memory, time, ROUND_TRIP).port, time.clock)
  await time.during(startProcessor(victim.port, projections, { workerId: 'victim', clock: victim.clock, random }))
  const others: Processor[] = []
  for (let i = 1; i < WORKERS; i++) {
    const { port } = latentStorage(memory, time, ROUND_TRIP)
    others.push(await time.during(startProcessor(port, projections, { workerId: `w${i}`, clock: time.clock, random })))
  }
  await time.pass(at)
  const owned = await ownedBy('victim')
  if (owned !== (RANGES * PROJECTIONS) / WORKERS) throw new Error(`The worker has ${owned} leases`)
  victim.kill()
  const gap = await time.pass(120_000, async () => time.clock.now() % GRAIN === 0 && (await ownedBy('victim')) === 0)
  await Promise.all(others.map((processor) => time.during(processor.stop())))
  return gap

  async function ownedBy(worker: string): Promise<number> {
    const leases = await memory.leases.list()
    return leases.filter(({ document }) => document.projection !== '$workers' && document.owner === worker).length
  }
}
