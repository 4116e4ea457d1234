import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createClient } from '@redis/client'
import { freePort } from '../../../bench/support/free-port.ts'
import { kill } from '../children.ts'
import { isExecutable } from '../executable.ts'
import { waitForOutput } from './wait-for-output.ts'

/** A Redis server on loopback, which appends every write to a file. */
export type TestRedis = AsyncDisposable & {
  readonly port: number
  /** Where its files are. */
  readonly folder: string
  /** Kills it; `start` starts it again, with what it had. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** A connected client. */
export type TestRedisClient = ReturnType<typeof newClient>

/**
 * The program of a Redis server: `REDIS_SERVER`, or the first one on the PATH.
 *
 * @returns undefined where there is none, which is said in one line
 */
export function findRedis(): string | undefined {
  const folders = process.env.PATH?.split(delimiter) ?? []
  const candidates = [process.env.REDIS_SERVER ?? [], folders.map((folder) => join(folder, 'redis-server'))]
  const found = candidates.flat().find(isExecutable)
  if (found === undefined) {
    process.stderr.write(
      '\n!!! THE REDIS TESTS DID NOT RUN, for there is no redis-server: bash .ci/install-redis, or set REDIS_SERVER to one\n\n',
    )
  }
  return found
}

/** Starts a server. @param program as `findRedis` returns it */
export async function startRedis(program: string): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const endWithUs = () => void child?.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async () => {
    if (child) await kill(child)
    child = undefined
  }
  const start = async () => {
    const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'yes']
    child = spawn(program, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
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

/** Connects to a server; the client reconnects soon after it was away. */
export async function connectRedis({ port }: Pick<TestRedis, 'port'>): Promise<TestRedisClient> {
  const client = newClient(port)
  client.on('error', () => {})
  await client.connect()
  return client
}

const newClient = (port: number) => createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: () => 20 } })

/** Waits until a client is connected again. */
export async function reconnected(client: TestRedisClient): Promise<void> {
  if (!client.isReady) await once(client, 'ready')
}
