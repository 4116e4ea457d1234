import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { TidemarkError } from '../core/errors/base.ts'
import { readWorkerConfig } from '../worker/config.ts'
import { readDemoConfig } from './config.ts'
import { introduction } from './introduction.ts'
import { type Child, startChild } from './processes.ts'

// Starts the demo, API and projection worker, as two processes on one storage, and stops both when it is told to or
// when one of them ends.

const API = new URL('./api/main.ts', import.meta.url)
const WORKER = new URL('../worker/main.ts', import.meta.url)
const PROJECTIONS = fileURLToPath(new URL('../../projections', import.meta.url))

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

process.exitCode = await main()

/** @returns the exit code */
async function main(): Promise<number> {
  try {
    // Both read the same environment: a fault in it is told once, before anything is started.
    readDemoConfig(environment)
    readWorkerConfig(environment)
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    console.error(`${error.code}: ${error.message}`)
    return 1
  }
  const told = Promise.withResolvers<undefined>()
  const children = [
    startChild('The API', API, [], environment),
    startChild('The worker', WORKER, [PROJECTIONS], environment),
  ]
  let signals = 0
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (++signals > 1) for (const child of children) child.kill()
      told.resolve(undefined)
    })
  }
  const end = Promise.race([
    told.promise,
    ...children.map(({ name, ended }) => ended.then((how) => `${name} ended: ${how}`)),
  ])
  await Promise.race([end, introduce(children)])
  const fault = await end
  if (fault !== undefined && signals === 0) console.error(`${fault}. The rest is stopped.`)
  await Promise.all(children.map((child) => child.stop()))
  return fault === undefined ? 0 : 1
}

async function introduce(children: readonly Child[]): Promise<void> {
  const urls = await Promise.all(children.map(({ listening }) => listening)).catch(() => undefined)
  const [api, worker] = urls ?? []
  if (api === undefined || worker === undefined) return
  const { storage } = readDemoConfig(environment)
  const meterId = `87${String(randomInt(1_000_000)).padStart(6, '0')}`
  console.log(introduction({ api, worker, storage }, Date.now(), meterId))
}
