import { parentPort, workerData } from 'node:worker_threads'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'

// Opens each of many new folders at the same moment as other threads do, and answers what went wrong.
const { folders, gate, threads } = workerData as { folders: string[]; gate: Int32Array; threads: number }
const wrong: string[] = []
for (const [i, folder] of folders.entries()) {
  // The last one to arrive opens the gate for all.
  if (Atomics.add(gate, i, 1) === threads - 1) Atomics.notify(gate, i)
  for (let seen = Atomics.load(gate, i); seen < threads; seen = Atomics.load(gate, i)) Atomics.wait(gate, i, seen, 10)
  try {
    await (await openEmbeddedPort(folder)).close()
  } catch (error) {
    wrong.push(String(error))
  }
}
parentPort?.postMessage(wrong)
