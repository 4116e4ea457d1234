import { parentPort, workerData } from 'node:worker_threads'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { reportInstance } from '../../../src/operations/instances/report-instance.ts'

// A process that reports itself, and blocks its event loop for most of the time from one message to the next.
const { folder } = workerData as { folder: string }
const storage = await openEmbeddedPort(folder)
reportInstance(storage, { kind: 'worker', service: 'worker', id: 'w1', every: 600 })

const never = new Int32Array(new SharedArrayBuffer(4))
let isBlocked = false
parentPort?.on('message', () => {
  isBlocked = !isBlocked
})
setInterval(() => {
  if (isBlocked) Atomics.wait(never, 0, 0, 1_000)
}, 100)
