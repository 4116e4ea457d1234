import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { type SearchTask, search } from './search.ts'

// A thread that searches one chunk. It is never imported, only started.

/** Gives way to everything else that wants the processor. Only Linux has a priority for each thread. */
function stepBack(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(constants.priority.PRIORITY_LOW)
  } catch {
    // A sandbox may forbid it, and it is only a courtesy.
  }
}

if (parentPort) {
  stepBack()
  parentPort.postMessage(search(workerData as SearchTask))
}
