import { Worker } from 'node:worker_threads'
import { preventStrippingCrash } from '../../../core/type-stripping.ts'
import { DONE, type SearchTask, STOP } from './search.ts'

// The published build has its thread as .js beside this file, the sources as .ts.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
preventStrippingCrash(import.meta.url)

/** A thread that searches a chunk. */
export type Search = {
  /** The nonce, or undefined if there is none in the chunk, or the thread ended before it was through. */
  readonly found: Promise<bigint | undefined>
  /** How many nonces it has tried. */
  done(): number
  /** Asks it to end; `found` resolves a few milliseconds later. */
  stop(): void
}

/** Starts a thread of low priority that searches a chunk. `found` rejects if it cannot be started. */
export function startSearch(task: Omit<SearchTask, 'shared'>): Search {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(THREAD, {
    workerData: { ...task, shared } satisfies SearchTask,
    // None of the flags of this process, such as loaders and inspectors.
    execArgv: [],
    name: 'tidemark mining',
  })
  const found = new Promise<bigint | undefined>((resolve, reject) => {
    let nonce: bigint | undefined
    worker.once('message', (message: bigint | undefined) => {
      nonce = message
    })
    worker.once('error', reject)
    worker.once('exit', () => resolve(nonce))
  })
  return {
    found,
    done: () => Atomics.load(shared, DONE),
    stop: () => Atomics.store(shared, STOP, 1),
  }
}
