// A thread that runs one seed after the other.

import { parentPort } from 'node:worker_threads'
import { type SimulationOptions, type SimulationReport, simulate } from '../../src/testing/simulate/simulate.ts'

/** A seed that is to be run. */
export type Task = Omit<SimulationOptions, 'interpose' | 'processor'>

/** What came of it. */
export type Outcome = SimulationReport & {
  /** Whether its thread is of no use any more. */
  readonly isLost?: boolean
}

const port = parentPort
if (port === null) throw new Error('This is to be run as a thread')

// A promise that nobody minds is a failure as well, and says nothing of its seed.
let unminded: string[] = []
process.on('unhandledRejection', (error) => {
  unminded.push(`nobody minded ${error instanceof Error ? error.stack : error}`)
})

const failed = ({ seed }: Task, error: unknown): SimulationReport => {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { seed, failures: [why], steps: 0, time: 0, events: 0, faults: {}, parts: {}, hash: '', trace: [] }
}

port.on('message', async (task: Task) => {
  unminded = []
  const report = await simulate(task).catch((error) => failed(task, error))
  await new Promise((resolve) => setImmediate(resolve))
  port.postMessage({ ...report, failures: [...report.failures, ...unminded] } satisfies Outcome)
})
