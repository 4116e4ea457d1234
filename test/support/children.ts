import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** The processes that a test starts. */
export type Children = {
  /** Starts a script of `test/support/processes`. */
  run(script: string, ...parameters: readonly string[]): ChildProcess
  /** Kills all that still run. */
  killAll(): Promise<void>
  /** How many still run. */
  readonly count: number
}

/** Keeps the processes of a test, so that none is left behind. */
export function keepChildren(): Children {
  const children = new Set<ChildProcess>()
  return {
    run(script, ...parameters) {
      const path = new URL(`./processes/${script}.ts`, import.meta.url)
      const child = fork(path, parameters, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      children.add(child)
      child.once('exit', () => children.delete(child))
      return child
    },
    async killAll() {
      await Promise.all([...children].map(kill))
    },
    get count() {
      return children.size
    },
  }
}

/** Kills a process with SIGKILL and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
