import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../bench/support/free-port.ts'
import { findProgram } from '../../../bench/support/servers/find-program.ts'
import { waitForOutput } from '../../../bench/support/servers/wait-for-output.ts'
import { kill } from '../children.ts'

/** A RabbitMQ server on loopback, which speaks AMQP 1.0. */
export type TestRabbit = AsyncDisposable & { readonly port: number }

// The one on the PATH of a Debian system changes its user, and has the folders of the system.
const DEBIAN = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/**
 * The program of a RabbitMQ server: `RABBITMQ_SERVER`, Debian's, or the first one on the PATH.
 *
 * @returns undefined where there is none, which is said in one line
 */
export const findRabbit = (): string | undefined =>
  findProgram(
    'rabbitmq-server',
    'RABBITMQ_SERVER',
    'THE TESTS OF AMQP ON RABBITMQ DID NOT RUN',
    'bash .ci/install-rabbitmq',
    [DEBIAN],
  )

/** Starts a server, with everything that it stores in a folder of its own. @param program as `findRabbit` returns it */
export async function startRabbit(program: string): Promise<TestRabbit> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-rabbitmq-'))
  const [port, nodesPort, namesPort] = [await freePort(), await freePort(), await freePort()]
  await writeFile(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`)
  await writeFile(join(folder, 'plugins'), '[rabbitmq_amqp1_0].\n')
  const names = { ERL_EPMD_ADDRESS: '127.0.0.1', ERL_EPMD_PORT: `${namesPort}` }
  // Erlang would start its name server by itself, and leave it running.
  const nameServer = spawn('epmd', ['-address', '127.0.0.1', '-port', `${namesPort}`], { stdio: 'ignore' })
  const env = {
    ...process.env,
    ...names,
    HOME: folder,
    RABBITMQ_NODENAME: `tidemark-${port}@localhost`,
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_DIST_PORT: `${nodesPort}`,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  }
  // The program is a script that runs another process, so the two are a group that ends together.
  const server = spawn(program, [], { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true })
  // Without it, the server would start one that outlives it.
  nameServer.once('error', () => killGroup(server))
  const endWithUs = () => {
    nameServer.kill('SIGKILL')
    killGroup(server)
  }
  process.once('exit', endWithUs)
  const dispose = async () => {
    process.off('exit', endWithUs)
    const gone = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined
    killGroup(server)
    await gone
    await kill(nameServer)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await waitForOutput(server, 'completed with')
  } catch (error) {
    await dispose()
    throw error
  }
  return { port, [Symbol.asyncDispose]: dispose }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
