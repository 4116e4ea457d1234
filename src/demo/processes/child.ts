import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ListeningMessage } from '../../process/lifecycle.ts'

/** Milliseconds after which a child that does not stop is killed; its own deadline comes first. */
const KILL_AFTER = 12_000

/** A child process of the demo. */
export type Child = {
  /** Where it can be reached, once it responds; it stays pending if the child ends before. */
  readonly listening: Promise<string>
  /** How it ended, once it has. */
  readonly ended: Promise<string>
  /** Asks it to stop, and kills it if it does not; resolves when it has ended. */
  stop(): Promise<void>
  kill(): void
}

/**
 * Starts a script as a child. It shares the output of this process and learns through its channel when this process has
 * ended, for whatever reason.
 *
 * @param options.detached whether it has a process group of its own, which Ctrl-C does not reach; default false
 */
export function startChild(
  script: URL,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  { detached = false }: { readonly detached?: boolean } = {},
): Child {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
  const child = fork(fileURLToPath(script), args, { env: environment, detached, stdio: [...stdio] })
  const ended = endOf(child)
  return {
    ended,
    listening: new Promise((resolve) => child.once('message', ({ url }: ListeningMessage) => resolve(url))),
    async stop() {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER)
      await ended
      clearTimeout(late)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
