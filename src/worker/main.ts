import { runWorker } from './run-worker.ts'

// The projection worker: runs the projections of a folder, by default ./projections, until it is stopped.
await runWorker(process.argv[2] ?? 'projections', process.env)
