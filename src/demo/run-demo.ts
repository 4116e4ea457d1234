import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { introduction } from './introduction.ts'
import { onNpmGone } from './on-npm-gone.ts'
import { type Child, startChild } from './processes.ts'

const API = new URL('./api/main.ts', import.meta.url)
const WORKER = new URL('../worker/main.ts', import.meta.url)
const PROJECTIONS = fileURLToPath(new URL('../../projections', import.meta.url))

/**
 * Runs the demo, API and projection worker, as two processes on one storage, until a signal comes or one of them ends;
 * then stops both. A second signal does not wait for them.
 *
 * @param storage the URL of the storage, to be shown
 * @param environment what both are told
 * @returns the exit code
 */
export async function runDemo(storage: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const children: Child[] = []
  const told = Promise.withResolvers<string | undefined>()
  let signals = 0
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      told.resolve(undefined)
      if (++signals > 1) for (const child of children) child.kill()
    })
  }

  onNpmGone(() => told.resolve(undefined))

  /** Starts one of the two, and answers where it listens; undefined when the demo ends before. */
  function start(name: string, script: URL, args: readonly string[]): Promise<string | undefined> {
    const child = startChild(script, args, environment)
    children.push(child)
    void child.ended.then((how) => told.resolve(`${name} ended: ${how}`))
    return Promise.race([child.listening, told.promise.then(() => undefined)])
  }

  // One after the other: whatever is wrong with the storage is told once.
  const api = await start('The API', API, [])
  const worker = api && (await start('The worker', WORKER, [PROJECTIONS]))
  if (api && worker) {
    const meterId = `87${String(randomInt(1_000_000)).padStart(6, '0')}`
    console.log(introduction({ api, worker, storage }, Date.now(), meterId))
  }
  const fault = await told.promise
  if (fault !== undefined) console.error(`${fault}. The demo stops.`)
  await Promise.all(children.map((child) => child.stop()))
  return fault === undefined ? 0 : 1
}
