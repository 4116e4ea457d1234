import { setTimeout as sleep } from 'node:timers/promises'
import { type Measure, row } from '../../support/measure.ts'
import { benchDatabase } from '../../support/mongo/database.ts'
import { urlOf } from '../../support/mongo/url.ts'
import { type BenchProcess, startProcess } from '../../support/process.ts'
import { seedEvents } from '../../support/seed.ts'
import { summarise } from '../../support/statistics.ts'

const RANGES = 8
const EVENTS = 1_000
// By when it has taken its leases and read to the end.
const SETTLED = 6_000
// Twice as long as leases take to be renewed by default.
const WINDOW = 10_000

type Used = { readonly cpu: number; readonly commands: number }

/**
 * Processor time of the project's own worker, with the demo's projections, when it has nothing to do, as a share of one
 * core, all of its threads included; and the commands that it sends, all of them but the driver's own heartbeats.
 */
export const mongoIdleWorker: Measure = {
  id: 'mongo-idle-worker',
  title: `MongoDB: processor time and requests of an idle worker with ${RANGES} ranges`,
  server: 'mongodb',

  async run({ quick, mongodb }) {
    const uri = await mongodb()
    await using database = benchDatabase(uri)
    await seedEvents(await database.open({ slots: RANGES }), EVENTS)
    await using worker = startProcess('../src/worker/main.ts', ['projections'], {
      preload: 'processes/report-commands.ts',
      env: {
        TIDEMARK_STORAGE: urlOf(uri, database.name, 'monitorCommands=true'),
        WORKER_PORT: '0',
        LOG_LEVEL: 'warn',
      },
    })
    await worker.message()
    await sleep(SETTLED)
    const shares: number[] = []
    const rates: number[] = []
    for (let i = 0; i < (quick ? 1 : 3); i++) {
      const [before, begun] = [await usedBy(worker), performance.now()]
      await sleep(WINDOW)
      const [after, time] = [await usedBy(worker), (performance.now() - begun) / 1000]
      shares.push(((after.cpu - before.cpu) / 1_000_000 / time) * 100)
      rates.push((after.commands - before.commands) / time / RANGES)
    }
    return [
      row('mongo-idle-worker', 'idle worker, of one core', summarise(shares), '%', { below: 1 }),
      row('mongo-idle-worker-requests', 'idle worker: requests a second and range', summarise(rates), '/s', {
        below: 2,
      }),
    ]
  },
}

async function usedBy(worker: BenchProcess): Promise<Used> {
  const ask = async <T>(what: string): Promise<T> => {
    const answer = worker.message<T>()
    worker.send(what)
    return answer
  }
  const { cpu } = await ask<{ readonly cpu: number }>('cpu')
  const { commands } = await ask<{ readonly commands: Readonly<Record<string, number>> }>('commands')
  return { cpu, commands: Object.values(commands).reduce((sum, count) => sum + count, 0) }
}
