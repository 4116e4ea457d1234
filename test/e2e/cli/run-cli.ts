import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLI } from '../../support/processes/cli.ts'

const ROOT = join(import.meta.dirname, '../../..')
const { TIDEMARK_STORAGE: _, ...environment } = process.env

/** What a command did. */
export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** A command at work. */
export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ran> }

/** A folder with commands run in it, all of which are gone when it is disposed of. */
export type Workshop = AsyncDisposable & {
  readonly folder: string
  /** The URL of the folder's storage. */
  readonly storage: string
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>
  /** Runs a command with --json, which must succeed with the exit code; answers what it said. */
  json<T>(args: readonly string[], code?: number): Promise<T>
}

/** Makes a workshop; commands run as processes of their own. */
export async function workshop(cli = CLI): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-cli-'))
  const storage = `file:${join(folder, 'data')}`
  const running: Running[] = []

  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: ROOT,
      env: { ...environment, TIDEMARK_STORAGE: storage, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk) => {
        output[name] += chunk
      })
    }
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once('close', (code) => resolve({ code, ...output })).once('error', reject)
    })
    running.push({ child, ended })
    return { child, ended }
  }
  const run = (args: readonly string[], env?: Readonly<Record<string, string>>) => start(args, env).ended

  return {
    folder,
    storage,
    start,
    run,
    async json<T>(args: readonly string[], code = 0) {
      const ran = await run([...args, '--json'])
      if (ran.code !== code) throw new Error(`${args.join(' ')} ended with ${ran.code}: ${ran.stderr}`)
      return JSON.parse(ran.stdout) as T
    },
    async [Symbol.asyncDispose]() {
      for (const { child } of running) if (child.exitCode === null) child.kill('SIGKILL')
      await Promise.all(running.map(({ ended }) => ended))
      await rm(folder, { recursive: true })
    },
  }
}

/** Resolves when a command's output matches. */
export function said({ child }: Running, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
        if (pattern.test(output)) resolve()
      })
    }
    child.once('close', () => reject(new Error(`It ended before ${pattern} came:\n${output}`)))
  })
}
