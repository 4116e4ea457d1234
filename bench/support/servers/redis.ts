import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { findProgram } from './find-program.ts'
import { waitForOutput } from './wait-for-output.ts'

/** A Redis server on loopback, which appends every write to a file. */
export type RedisServer = AsyncDisposable & {
  readonly port: number
  /** Where its files are. */
  readonly folder: string
  /** Kills it; `start` starts it again, with what it had. */
  stop(): Promise<void>
  start(): Promise<void>
}

/**
 * The program of a Redis server: `REDIS_SERVER`, or the first one on the PATH.
 *
 * @param skipped what does not run without it
 * @returns undefined where there is none, which is said in one line
 */
export const findRedis = (skipped = 'THE REDIS TESTS DID NOT RUN'): string | undefined =>
  findProgram('redis-server', 'REDIS_SERVER', skipped, 'bash .ci/install-redis')

/** Starts a server. @param program as `findRedis` returns it @param more settings, as the command line takes them */
export async function startRedis(program: string, more: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const endWithUs = () => void child?.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    child = undefined
  }
  const start = async () => {
    const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'yes']
    child = spawn(program, [...settings, ...more], { stdio: ['ignore', 'pipe', 'inherit'] })
    await waitForOutput(child, 'Ready to accept connections')
  }
  await start()
  return {
    port,
    folder,
    stop,
    start,
    async [Symbol.asyncDispose]() {
      process.off('exit', endWithUs)
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
