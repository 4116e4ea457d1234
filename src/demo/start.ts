import { Command } from 'commander'
import { TidemarkError } from '../core/errors/base.ts'
import { readWorkerConfig } from '../worker/config.ts'
import { readDemoConfig } from './config.ts'
import { runDemo } from './run-demo.ts'

// What `npm start` runs.

const { port, storage } = new Command('tidemark-demo')
  .description('Starts the meter demo: an API and a projection worker. It has no login.')
  .option('--port <number>', 'port of the API, 0 for any free one (default: PORT or 3000)')
  .option('--storage <url>', 'storage to work on (default: TIDEMARK_STORAGE or file:./data?ranges=4)')
  .addHelpText(
    'after',
    `
Environment:
  HOST             address that both listen on (127.0.0.1)
  PORT             port of the API (3000)
  WORKER_PORT      port of the worker's health server (0: any free one)
  LOG_LEVEL        fatal, error, warn, info, debug, trace or silent (info)
  TIDEMARK_STORAGE storage (file:./data?ranges=4)
  VIEW_TIMEOUT     milliseconds that a read waits for a Tidemark-Position at most (5000)`,
  )
  .parse()
  .opts<{ port?: string; storage?: string }>()

const environment = {
  ...process.env,
  ...(port !== undefined && { PORT: port }),
  ...(storage !== undefined && { TIDEMARK_STORAGE: storage }),
}

try {
  // Both processes read the same environment: a fault in it is told once, before any of them is started.
  readWorkerConfig(environment)
  process.exitCode = await runDemo(readDemoConfig(environment).storage, environment)
} catch (error) {
  if (!(error instanceof TidemarkError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
