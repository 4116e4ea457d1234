import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A process of the project, in a process group of its own. */
export type Started = {
  readonly child: ChildProcess
  /** All that it and its children wrote. */
  output(): string
  /** Resolves when something matches; rejects when it ends before. */
  find(pattern: RegExp): Promise<RegExpExecArray>
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>
  /** Sends a signal to the whole group. */
  signalAll(signal: NodeJS.Signals): void
  /** Whether any process of the group is there. */
  isAlive(): boolean
}

/** Starts a program away from the environment's own settings. */
function startProgram(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(program, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LOG_LEVEL: 'warn', PORT: '0', ...environment },
  })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  const group = child.pid as number
  return {
    child,
    ended,
    output: () => text,
    find: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text)
          if (found === null) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
        void ended.then((how) => reject(new Error(`It ended (${how}) before ${pattern} came:\n${text}`)))
      }),
    signalAll: (signal) => void process.kill(-group, signal),
    isAlive() {
      try {
        process.kill(-group, 0)
        return true
      } catch {
        return false
      }
    },
  }
}

/** Folders and processes of one test, all of which are gone after `clean`. */
export function workshop() {
  const folders: string[] = []
  const started: Started[] = []
  return {
    async folder(): Promise<string> {
      const folder = await mkdtemp(join(tmpdir(), 'tidemark-demo-'))
      folders.push(folder)
      return folder
    },
    /** Starts a script of the project with this Node. */
    start(script: string, args: readonly string[], environment?: NodeJS.ProcessEnv): Started {
      const one = startProgram(process.execPath, [join(ROOT, script), ...args], environment)
      started.push(one)
      return one
    },
    /** Starts a script as npm does: in a shell, which ends of a signal without handing it on. */
    startAsNpm(script: string, args: readonly string[]): Started {
      const command = [process.execPath, join(ROOT, script), ...args].map((word) => `'${word}'`).join(' ')
      // A shell that had nothing left to do would put the command in its own place.
      const one = startProgram('sh', ['-c', `${command}; exit $?`], { npm_lifecycle_event: 'start' })
      started.push(one)
      return one
    },
    async clean(): Promise<void> {
      const all = started.splice(0)
      for (const one of all) if (one.isAlive()) one.signalAll('SIGKILL')
      await Promise.all(all.map(({ ended }) => ended))
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
    },
  }
}
