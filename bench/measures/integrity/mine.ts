import { hash } from 'node:crypto'
import { search } from '../../../src/integrity/mining/search/search.ts'
import { startSearch } from '../../../src/integrity/mining/search/start-search.ts'
import { workInput } from '../../../src/integrity/mining/work.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const PEER = 'SHA-256 of a counter'
const THREADS = 4

// So many zero bits that the search never ends early.
const HOPELESS = 128
const input = workInput(new Uint8Array(32), 'bench\n')

/** The search for nonces beside a loop that only hashes, and threads of it beside one. */
export const mining: Measure = {
  id: 'integrity-mine',
  title: 'hashes of mining, in one thread and in several',

  async run({ quick, repetitions, until }) {
    const count = quick ? 2 ** 17 : 2 ** 19
    const inThreads = (threads: number) => () =>
      processorTime(async () => {
        const task = { input, bits: HOPELESS, count }
        const searches = Array.from({ length: threads }, (_, i) => startSearch({ ...task, from: BigInt(i * count) }))
        await Promise.all(searches.map(({ found }) => found))
      })
    const times = await interleave(
      repetitions,
      {
        bare: () => processorTime(() => hashCounter(count)),
        ours: () =>
          processorTime(() => {
            const shared = new Int32Array(new SharedArrayBuffer(8))
            search({ input, bits: HOPELESS, from: 0n, count, shared })
          }),
        one: inThreads(1),
        several: inThreads(THREADS),
      },
      until,
    )
    const scaled = times.one.map((time) => time * THREADS)
    const rates = times.ours.map((time) => count / time / 1000)
    return [
      against(
        PEER,
        row('integrity-mine', 'mining: to a bare loop', ratioOf(times.bare, times.ours), 'x', { atLeast: 0.9 }),
      ),
      row('integrity-mine-rate', 'the same: a core', summarise(rates), 'MH/s'),
      against(
        'one thread',
        row('integrity-mine-threads', `${THREADS} threads: hashes of a core`, ratioOf(scaled, times.several), 'x', {
          atLeast: 0.9,
        }),
      ),
    ]
  },
}

function hashCounter(count: number): void {
  const data = Buffer.alloc(40)
  for (let n = 0; n < count; n++) {
    data.writeUInt32BE(n, 36)
    hash('sha256', data, 'binary')
  }
}

/** Milliseconds of processor time of all threads, because other programs use the processor, too. */
async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
