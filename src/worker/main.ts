import { resolve } from 'node:path'
import pino from 'pino'
import { openStorage } from '../open/open-storage.ts'
import { startProcessor } from '../processor/processor.ts'
import { readWorkerConfig } from './config.ts'
import { createHealthServer } from './health-server.ts'
import { runProcess } from './lifecycle.ts'
import { closeServer, listen } from './listen.ts'
import { loadProjections } from './load-projections.ts'

// The projection worker: runs the projections of a folder, by default ./projections, until it is told to stop.
await runProcess(async (defer) => {
  const config = readWorkerConfig(process.env)
  const log = pino({ name: 'worker', level: config.logLevel })
  const projections = await loadProjections(resolve(process.argv[2] ?? 'projections'))
  const storage = await openStorage(config.storage, { setting: 'TIDEMARK_STORAGE' })
  defer(() => storage.close())
  const processor = await startProcessor(storage, projections, {
    onError: (err, where) => log.error({ err, ...where }, 'a projection failed'),
  })
  defer(() => processor.stop())
  const server = createHealthServer(() => processor.status())
  const url = await listen(server, config, 'WORKER_PORT')
  defer(() => closeServer(server))
  log.info({ projections: projections.map(({ name }) => name) }, `the worker's health is at ${url}/health`)
  return url
})
