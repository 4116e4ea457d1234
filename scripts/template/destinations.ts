import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ServiceBusClient } from '@azure/service-bus'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { freePort } from '../../bench/support/free-port.ts'
import { findProgram } from '../../bench/support/servers/find-program.ts'
import { waitForOutput } from '../../bench/support/servers/wait-for-output.ts'

/** What a project publishes to. */
export type Destination = AsyncDisposable & {
  /** The project's settings that lead there. */
  readonly settings: NodeJS.ProcessEnv
  /** @returns the data of the first message; undefined where there is no bus */
  receive(address: string, printed: (pattern: RegExp) => Promise<RegExpExecArray>): Promise<unknown>
}

/** The program of a NATS server, or undefined where there is none, which is said in one line. */
export const findNats = (): string | undefined =>
  findProgram('nats-server', 'NATS_SERVER', 'PROJECTS WERE NOT TRIED WITH NATS', 'bash .ci/install-nats')

/** What a project of `--bus` is tried with. @param nats as `findNats` returns it */
export async function destinationOf(bus: string, nats: string | undefined): Promise<Destination> {
  if (bus === 'service-bus') return serviceBusEmulator
  if (bus !== 'nats') return nowhere
  // A port on which nothing listens: publishing waits, and the rest goes on.
  const port = await freePort()
  return nats === undefined ? { ...nowhere, settings: { NATS_SERVERS: `127.0.0.1:${port}` } } : startNats(nats, port)
}

const nowhere: Destination = {
  settings: {},
  receive: async () => undefined,
  async [Symbol.asyncDispose]() {},
}

/** The one that the project starts itself. */
const serviceBusEmulator: Destination = {
  ...nowhere,
  async receive(address, printed) {
    const [connectionString] = await printed(/Endpoint=sb:\S+/)
    const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 30_000 } })
    try {
      const receiver = await client.acceptNextSession(address)
      const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 30_000 })
      return message?.body
    } finally {
      await client.close()
    }
  },
}

async function startNats(program: string, port: number): Promise<Destination> {
  const servers = `127.0.0.1:${port}`
  const data = mkdtempSync(join(tmpdir(), 'tidemark-nats-'))
  const settings = ['--addr', '127.0.0.1', '--port', `${port}`, '--jetstream', '--store_dir', data]
  const child = spawn(program, settings, { stdio: ['ignore', 'ignore', 'pipe'] })
  await waitForOutput(child, 'Server is ready')
  return {
    settings: { NATS_SERVERS: servers },
    async receive(address) {
      const connection = await connect({ servers })
      try {
        const { streams } = await jetstreamManager(connection)
        for (let tries = 0; ; tries++) {
          const message = await streams.getMessage(address.replaceAll('.', '-'), { seq: 1 }).catch((error) => {
            if (tries > 300) throw error
          })
          if (message) return message.json()
          await sleep(100)
        }
      } finally {
        await connection.close()
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(data, { recursive: true, force: true })
    },
  }
}
