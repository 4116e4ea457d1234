import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { introduction } from './banner.ts'
import type { DemoChain } from './prepare-chain.ts'
import { runProcesses } from './processes/run-processes.ts'

const API = new URL('./api/main.ts', import.meta.url)
const WORKER = new URL('../worker/main.ts', import.meta.url)
// The dashboard is a command, in a process of its own: what it folds blocks neither the API nor a worker.
const COMMANDS = new URL('../cli/main.ts', import.meta.url)
const AGGREGATES = fileURLToPath(new URL('./aggregates.ts', import.meta.url))
const PROJECTIONS = fileURLToPath(new URL('../../projections', import.meta.url))

/** What the demo runs. */
export type DemoRun = {
  /** The URL of the storage, for display. */
  readonly storage: string
  /** The environment of all processes. */
  readonly environment: NodeJS.ProcessEnv
  /** How many workers. */
  readonly workers: number
  /** The file of the master key, for display. */
  readonly keyFile: string | undefined
  /** The chain, for display. */
  readonly chain: DemoChain | undefined
}

/**
 * Runs the demo, API, projection workers and dashboard, as processes on one storage, until a signal comes, or the API or the last
 * worker ends; then stops all. It restarts none, so that you can watch another worker take over.
 *
 * @returns the exit code
 */
export const runDemo = ({ storage, environment, workers, keyFile, chain }: DemoRun): Promise<number> =>
  runProcesses(async ({ start, stop, isStopping }) => {
    let living = workers
    function startWorker(i: number): Promise<string | undefined> {
      const name = workers === 1 ? 'The worker' : `Worker ${i + 1}`
      return start(WORKER, [PROJECTIONS], { ...environment, ...portOf(environment, i) }, (how) => {
        if (--living === 0) stop(`${name} ended: ${how}`)
        else if (!isStopping()) console.error(`${name} ended: ${how}. Another worker takes over its ranges.`)
      })
    }

    function startDashboard(): Promise<string | undefined> {
      const args = ['dashboard', '--projections', PROJECTIONS, '--aggregates', AGGREGATES]
      return start(COMMANDS, args, environment, (how) => {
        if (!isStopping()) console.error(`The dashboard ended: ${how}. The demo continues without it.`)
      })
    }

    // One after the other, so that a fault of the storage is reported once.
    const api = await start(API, [], environment, (how) => stop(`The API ended: ${how}`))
    const first = api && (await startWorker(0))
    if (!api || !first) return
    const [dashboard, ...others] = await Promise.all([
      startDashboard(),
      ...Array.from({ length: workers - 1 }, (_, i) => startWorker(i + 1)),
    ])
    const addresses = [first, ...others.filter((address) => address !== undefined)]
    if (addresses.length < workers) return stop('Not all workers started')
    const meterId = `87${String(randomInt(1_000_000)).padStart(6, '0')}`
    console.log(introduction({ api, workers: addresses, dashboard, storage, keyFile, chain }, Date.now(), meterId))
  })

/** Each worker has its own port, if one was given. */
function portOf({ WORKER_PORT }: NodeJS.ProcessEnv, i: number): NodeJS.ProcessEnv {
  const first = Number(WORKER_PORT || 0)
  return first === 0 ? {} : { WORKER_PORT: String(first + i) }
}
