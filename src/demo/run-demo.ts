import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { onNpmGone } from '../process/stop-with-parent.ts'
import { introduction } from './banner.ts'
import { type Child, startChild } from './processes.ts'

const API = new URL('./api/main.ts', import.meta.url)
const WORKER = new URL('../worker/main.ts', import.meta.url)
const PROJECTIONS = fileURLToPath(new URL('../../projections', import.meta.url))

/**
 * Runs the demo, API and projection workers, as processes on one storage, until a signal comes, or the API or the last
 * worker ends; then stops all. It restarts none, so that you can watch another worker take over. A second signal does
 * not wait for them.
 *
 * @param storage the URL of the storage, for display
 * @param environment the environment of all processes
 * @param workers how many
 * @param keyFile the file of the master key, for display
 * @returns the exit code
 */
export async function runDemo(
  storage: string,
  environment: NodeJS.ProcessEnv,
  workers: number,
  keyFile?: string,
): Promise<number> {
  const children: Child[] = []
  const told = Promise.withResolvers<string | undefined>()
  let signals = 0
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      told.resolve(undefined)
      if (++signals > 1) for (const child of children) child.kill()
    })
  }

  onNpmGone(() => told.resolve(undefined))

  /** Starts one process, and returns where it listens; undefined if it, or the demo, ends before. */
  function start(
    script: URL,
    args: readonly string[],
    its: NodeJS.ProcessEnv,
    onEnd: (how: string) => void,
  ): Promise<string | undefined> {
    const child = startChild(script, args, its)
    children.push(child)
    void child.ended.then(onEnd)
    return Promise.race([child.listening, Promise.race([child.ended, told.promise]).then(() => undefined)])
  }

  let living = workers
  function startWorker(i: number): Promise<string | undefined> {
    const name = workers === 1 ? 'The worker' : `Worker ${i + 1}`
    return start(WORKER, [PROJECTIONS], { ...environment, ...portOf(environment, i) }, (how) => {
      if (--living === 0) told.resolve(`${name} ended: ${how}`)
      else if (!stopping) console.error(`${name} ended: ${how}. Another worker takes over its ranges.`)
    })
  }

  // One after the other, so that a fault of the storage is reported once.
  const api = await start(API, [], environment, (how) => told.resolve(`The API ended: ${how}`))
  const first = api && (await startWorker(0))
  if (api && first) {
    const others = await Promise.all(Array.from({ length: workers - 1 }, (_, i) => startWorker(i + 1)))
    const addresses = [first, ...others.filter((address) => address !== undefined)]
    const meterId = `87${String(randomInt(1_000_000)).padStart(6, '0')}`
    if (addresses.length === workers) {
      console.log(introduction({ api, workers: addresses, storage, keyFile }, Date.now(), meterId))
    } else {
      told.resolve('Not all workers started')
    }
  }
  const fault = await told.promise
  stopping = true
  if (fault !== undefined) console.error(`${fault}. The demo stops.`)
  await Promise.all(children.map((child) => child.stop()))
  return fault === undefined ? 0 : 1
}

/** Each worker has its own port, if one was given. */
function portOf({ WORKER_PORT }: NodeJS.ProcessEnv, i: number): NodeJS.ProcessEnv {
  const first = Number(WORKER_PORT || 0)
  return first === 0 ? {} : { WORKER_PORT: String(first + i) }
}
