import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of the benchmarks, and the messages that it sends. */
export type BenchProcess = AsyncDisposable & {
  /** The next message. @throws Error when the process ends without one */
  message<T>(): Promise<T>
  send(message: string): void
}

/** Starts a script of `bench/processes`; letting go of it closes its channel and waits until it has ended. */
export function startProcess(name: string, ...args: readonly string[]): BenchProcess {
  const script = fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url))
  const child: ChildProcess = fork(script, [...args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    async message<T>() {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      child.once('message', (message) => resolve(message as T))
      const fail = () => reject(new Error(`${name} ended with ${child.exitCode ?? child.signalCode} and no answer`))
      child.once('exit', fail)
      try {
        return await promise
      } finally {
        child.off('exit', fail)
      }
    },
    send: (message) => child.send(message),
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      if (child.exitCode === null && child.signalCode === null) await ended
      clearTimeout(timer)
    },
  }
}
