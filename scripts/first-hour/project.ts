import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a program printed. */
export type Result = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** A newcomer's project: a folder with the packed package installed, and one Node to run it. */
export type Project = AsyncDisposable & {
  readonly folder: string
  /** Runs a file of the project to its end. @returns what it printed @throws Error when it fails */
  run(file: string, ...args: string[]): string
  /** Runs a program of `node_modules/.bin` to its end, however it ends. */
  command(name: string, ...args: string[]): Result
  /** Runs `tidemark … --json`. @throws Error when it fails */
  json<T>(...args: string[]): T
  /** Starts a worker on the folder `projections`, and resolves once its health server listens. */
  startWorker(): Promise<Worker>
}

/** A worker process. */
export type Worker = {
  readonly pid: number | undefined
  /** `GET /status`. */
  status(): Promise<WorkerStatus>
  /** Ends it. @param signal SIGTERM gives its leases up, SIGKILL does not */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Of a worker's status, what is looked at here. */
export type WorkerStatus = {
  readonly workerId: string
  readonly ranges: readonly { readonly owner: string | null; readonly version: number; readonly state: string }[]
}

// Short, so that a worker that is killed is replaced soon.
const LEASE_DURATION = '5000'
const shop = new URL('./shop/', import.meta.url).pathname

/** Makes a project. @param node the program that runs it @param packages what npm installs into it */
export function createProject(folder: string, node: string, packages: readonly string[]): Project {
  mkdirSync(folder)
  cpSync(shop, folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true, type: 'module' }))
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]
  execFileSync('npm', install, { cwd: folder, stdio: 'inherit', timeout: 300_000 })
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}`, LEASE_DURATION }
  const running = new Set<ChildProcess>()
  const bin = (name: string) => join(folder, 'node_modules/.bin', name)

  function end(program: string, args: readonly string[]): Result {
    const ended = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
    if (ended.error) throw ended.error
    return { code: ended.status ?? -1, stdout: ended.stdout, stderr: ended.stderr }
  }

  function succeed(program: string, args: readonly string[]): string {
    const { code, stdout, stderr } = end(program, args)
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} exited with ${code}:\n${stdout}${stderr}`)
    return stdout
  }

  async function startWorker(): Promise<Worker> {
    const child = spawn(bin('tidemark'), ['worker', '--projections', './projections'], { cwd: folder, env })
    running.add(child)
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data))
    const url = await until('a worker listens', () => {
      if (child.exitCode !== null) throw new Error(`The worker exited with ${child.exitCode}:\n${output}`)
      return /health is at (\S+)\/health/.exec(output)?.[1]
    })
    return {
      pid: child.pid,
      async status() {
        // A connection that was kept may be closed by the worker just when it is used again.
        const ask = () => fetch(`${url}/status`)
        const response = await ask().catch(ask)
        return (await response.json()) as WorkerStatus
      },
      async end(signal) {
        running.delete(child)
        child.kill(signal)
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      },
    }
  }

  return {
    folder,
    run: (file, ...args) => succeed(node, [file, ...args]),
    command: (name, ...args) => end(bin(name), args),
    json: <T>(...args: string[]) => JSON.parse(succeed(bin('tidemark'), [...args, '--json'])) as T,
    startWorker,
    async [Symbol.asyncDispose]() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}

/** Asks until there is an answer. @throws Error after a minute without one */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 60_000
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`A minute is over, and still not: ${what}`)
    await sleep(300)
  }
}
