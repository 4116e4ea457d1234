import { Worker } from 'node:worker_threads'
import { preventStrippingCrash } from '../../src/core/type-stripping.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, Task } from './thread.ts'

// Milliseconds after which a seed that gives no answer is told as one that never ends.
const ENDLESS = 120_000

preventStrippingCrash(import.meta.url)

/**
 * Runs seeds over threads, each of which takes the next one when it is through with the one before.
 *
 * @param signal ends it, with what is under way
 */
export async function runSeeds(
  options: RunOptions,
  signal: AbortSignal,
  done: (outcome: Outcome) => void,
): Promise<void> {
  const { from, seeds, threads, simulation, lines } = options
  let next = from
  // Only of seeds that fail, and of one that is asked for, is it known what happened: keeping it costs time.
  const trace = options.only === undefined ? 0 : lines
  await Promise.all(Array.from({ length: Math.min(threads, seeds) }, serve))

  async function serve(): Promise<void> {
    let thread: Worker | undefined
    while (next < from + seeds && !signal.aborted) {
      const seed = next++
      thread ??= new Worker(new URL('./thread.ts', import.meta.url))
      let outcome = await run(thread, { ...simulation, seed, trace })
      if (outcome && isUsable(outcome) && outcome.failures.length > 0 && trace === 0) {
        outcome = (await run(thread, { ...simulation, seed, trace: lines })) ?? outcome
      }
      if (outcome === undefined) break
      if (!isUsable(outcome)) {
        await thread.terminate()
        thread = undefined
      }
      done(outcome)
    }
    await thread?.terminate()
  }

  /** @returns undefined when it was interrupted */
  function run(thread: Worker, task: Task): Promise<Outcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>()
    const lost = (why: string) => resolve({ ...NOTHING, seed: task.seed, failures: [why], isLost: true })
    const timer = setTimeout(() => lost(`gave no answer within ${ENDLESS / 1000} s`), ENDLESS)
    const interrupted = () => resolve(undefined)
    const failed = (error: unknown) => lost(`ended its thread: ${error instanceof Error ? error.stack : error}`)
    thread.once('message', resolve)
    thread.once('error', failed)
    signal.addEventListener('abort', interrupted, { once: true })
    thread.postMessage(task)
    return promise.finally(() => {
      clearTimeout(timer)
      thread.off('message', resolve)
      thread.off('error', failed)
      signal.removeEventListener('abort', interrupted)
    })
  }
}

const NOTHING = { steps: 0, time: 0, events: 0, faults: {}, parts: {}, hash: '', trace: [] }

/** Whether the thread that ran a seed can run another one. */
const isUsable = ({ isLost }: Outcome): boolean => !isLost
