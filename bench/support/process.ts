import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of the benchmarks, and the messages that it sends. */
export type BenchProcess = AsyncDisposable & {
  /** The next message. @throws Error when the process ends without one */
  message<T>(): Promise<T>
  send(message: string): void
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>
}

/**
 * Starts a program; letting go of it closes its channel and waits until it has ended.
 *
 * @param program a file, from the folder `bench/`
 * @param options.preload a file that it loads before
 */
export function startProcess(
  program: string,
  args: readonly string[] = [],
  { preload, env }: { readonly preload?: string; readonly env?: Readonly<Record<string, string>> } = {},
): BenchProcess {
  const url = (file: string) => new URL(`../${file}`, import.meta.url)
  const child = fork(fileURLToPath(url(program)), [...args], {
    execArgv: preload === undefined ? [] : ['--import', url(preload).href],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    async message<T>() {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const answer = (message: unknown) => resolve(message as T)
      const fail = () => reject(new Error(`${program} ended with ${child.exitCode ?? child.signalCode} and no answer`))
      child.once('message', answer).once('exit', fail)
      try {
        return await promise
      } finally {
        child.off('message', answer).off('exit', fail)
      }
    },
    send: (message) => child.send(message),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      if (child.exitCode === null && child.signalCode === null) await ended
      clearTimeout(timer)
    },
  }
}
