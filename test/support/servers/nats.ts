import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { freePort } from '../../../bench/support/free-port.ts'
import { findProgram } from '../../../bench/support/servers/find-program.ts'
import { waitForOutput } from '../../../bench/support/servers/wait-for-output.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { kill } from '../children.ts'

/** A NATS server with JetStream on loopback, which keeps its streams in files. */
export type TestNats = AsyncDisposable & {
  readonly port: number
  /** Kills it; `start` starts it again, with what it had. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Connects; the client reconnects soon after the server was away, however long that was. */
  connect(): Promise<NatsConnection>
}

/**
 * The program of a NATS server: `NATS_SERVER`, or the first one on the PATH.
 *
 * @returns undefined where there is none, which is said in one line
 */
export const findNats = (): string | undefined =>
  findProgram('nats-server', 'NATS_SERVER', 'THE NATS TESTS DID NOT RUN', 'bash .ci/install-nats')

/** Starts a server. @param program as `findNats` returns it */
export async function startNats(program: string): Promise<TestNats> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-nats-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const endWithUs = () => void child?.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async () => {
    if (child) await kill(child)
    child = undefined
  }
  const start = async () => {
    const settings = ['--addr', '127.0.0.1', '--port', `${port}`, '--jetstream', '--store_dir', folder]
    child = spawn(program, settings, { stdio: ['ignore', 'ignore', 'pipe'] })
    await waitForOutput(child, 'Server is ready')
  }
  await start()
  return {
    port,
    stop,
    start,
    connect: () =>
      connect({ servers: `127.0.0.1:${port}`, maxReconnectAttempts: -1, reconnectTimeWait: 20, reconnectJitter: 0 }),
    async [Symbol.asyncDispose]() {
      process.off('exit', endWithUs)
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until a client is connected again. */
export async function reconnected(connection: NatsConnection): Promise<void> {
  for (;;) {
    try {
      await connection.rtt()
      return
    } catch {
      await systemClock.sleep(10)
    }
  }
}
