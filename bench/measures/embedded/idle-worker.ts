import { setTimeout as sleep } from 'node:timers/promises'
import { openEmbedded } from '../../../src/embedded.ts'
import { type Measure, row } from '../../support/measure.ts'
import { startProcess } from '../../support/process.ts'
import { seedEvents } from '../../support/seed.ts'
import { summarise } from '../../support/statistics.ts'

const RANGES = 4
const EVENTS = 2_000

/**
 * Processor time of the project's own worker, with the demo's projections, when it has nothing to do: it has caught up
 * with a folder of four feed ranges, which nobody appends to. All of its threads count, user and system time, as a share
 * of one core.
 */
export const idleWorker: Measure = {
  id: 'idle-worker',
  title: 'processor time of an idle worker',

  async run({ folder, quick, repetitions, until }) {
    const window = quick ? 1_000 : 4_000
    {
      await using storage = await openEmbedded(folder, { ranges: RANGES })
      await seedEvents(storage, EVENTS)
    }
    await using worker = startProcess('../src/worker/main.ts', ['projections'], {
      preload: 'processes/report-cpu.ts',
      env: { TIDEMARK_STORAGE: `file:${folder}`, WORKER_PORT: '0', LOG_LEVEL: 'warn' },
    })
    await worker.message()
    await sleep(2_000)
    const cpu = async () => {
      const answer = worker.message<{ readonly cpu: number }>()
      worker.send('cpu')
      return (await answer).cpu
    }
    const shares: number[] = []
    for (let i = 0; i < 1 || (i < repetitions && performance.now() < until); i++) {
      const [before, begun] = [await cpu(), performance.now()]
      await sleep(window)
      const used = ((await cpu()) - before) / 1000
      shares.push((used / (performance.now() - begun)) * 100)
    }
    return [row('idle-worker', 'idle worker, of one core', summarise(shares), '%', { below: 1 })]
  },
}
