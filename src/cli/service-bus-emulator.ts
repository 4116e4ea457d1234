import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { InvalidConfiguration } from '../core/errors/input.ts'
import { runProcess } from '../process/lifecycle.ts'
import { listenFailure } from '../process/listen.ts'
import { requirePackages } from '../process/packages.ts'
import { onNpmGone } from '../process/stop-with-parent.ts'
import { explain } from './support/help.ts'
import { portNumber } from './support/options.ts'

const HOST = '127.0.0.1'

/** Where Microsoft's own emulator listens, which is where its connection string leads without a port. */
const PORT = 5672

/** Where it listens for the administration client. */
const ADMINISTRATION_PORT = 5300

type Options = { readonly port: number; readonly adminPort: number; readonly config?: string; readonly data?: string }

const notes = `
It listens on ${HOST} only, and runs until SIGINT, SIGTERM or SIGHUP. The file has the queues and topics as JSON:
  { "queues": { "orders": { "requiresSession": true } }, "topics": { "news": { "subscriptions": { "mail": {} } } } }
Without --data, it keeps everything in memory.`

/** `tidemark service-bus-emulator`: runs an emulator of Azure Service Bus. */
export const addServiceBusEmulator = (program: Command): Command =>
  explain(
    program.command('service-bus-emulator'),
    ['service-bus-emulator --config ./bus.json', 'service-bus-emulator --config ./bus.json --data ./bus --port 5673'],
    notes,
  )
    .description('Runs an emulator of Azure Service Bus until it is stopped.')
    .option('--port <number>', 'port to listen on', portNumber, PORT)
    .option('--admin-port <number>', 'port for the administration client, over HTTP', portNumber, ADMINISTRATION_PORT)
    .option('--config <file>', 'the queues and topics, as JSON')
    .option('--data <folder>', 'a folder in which messages outlive the emulator')
    .action(({ port, adminPort, config, data }: Options) => {
      onNpmGone(() => process.kill(process.pid, 'SIGTERM'))
      return runProcess(async (defer) => {
        requirePackages('tidemark service-bus-emulator', 'rhea')
        const entities = config === undefined ? {} : await readConfig(config)
        const { startServiceBusEmulator } = await import('../service-bus-emulator/index.ts')
        const options = { port, administrationPort: adminPort, entities, ...(data !== undefined && { data }) }
        const emulator = await startServiceBusEmulator(options).catch((error) => {
          const isPort = (error as { readonly port?: number }).port === port
          throw listenFailure(error, isPort ? '--port' : '--admin-port', HOST, isPort ? port : adminPort)
        })
        defer(() => emulator.close())
        process.stdout.write(`The emulator listens on ${HOST}:${emulator.port}\n${emulator.connectionString}\n`)
        return emulator.connectionString
      })
    })

async function readConfig(file: string): Promise<object> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message
    throw new InvalidConfiguration('--config', `${file}: ${reason}`, { cause: error })
  }
  if (typeof content === 'object' && content !== null) return content
  throw new InvalidConfiguration('--config', `${file}: it must contain an object with queues and topics`)
}
