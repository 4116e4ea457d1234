import { type Command, InvalidArgumentError } from 'commander'
import { runProcess } from '../process/lifecycle.ts'
import { listenFailure } from '../process/listen.ts'
import { onNpmGone } from '../process/stop-with-parent.ts'
import { wholeNumber } from './support/options.ts'

const HOST = '127.0.0.1'

type Options = { readonly port: number; readonly partitions: number; readonly strict?: boolean }

const help = `
It keeps everything in memory, listens on ${HOST} only, and runs until SIGINT, SIGTERM or SIGHUP.
Commands find it as --storage cosmos-emulator://${HOST}:<port>, and share it.`

/** `tidemark cosmos-emulator`: runs an emulator of Azure Cosmos DB. */
export const addCosmosEmulator = (program: Command): Command =>
  program
    .command('cosmos-emulator')
    .description('Runs an emulator of Azure Cosmos DB, in memory, until it is told to stop.')
    .option('--port <number>', 'its port', port, 8081)
    .option('--partitions <number>', 'how many physical partitions a container begins with', wholeNumber, 4)
    .option('--strict', 'be as strict as the service may be: pages that end early, throttling, limits of procedures')
    .addHelpText('after', help)
    .action(({ port, partitions, strict = false }: Options) => {
      onNpmGone(() => process.kill(process.pid, 'SIGTERM'))
      return runProcess(async (defer) => {
        const { startCosmosEmulator, STRICT } = await import('../cosmos-emulator/index.ts')
        const options = { ...(strict && STRICT), host: HOST, port, partitions }
        const emulator = await startCosmosEmulator(options).catch((error) => {
          throw listenFailure(error, '--port', HOST, port)
        })
        defer(() => emulator.close())
        process.stdout.write(`The emulator listens on cosmos-emulator://${new URL(emulator.endpoint).host}\n`)
        return emulator.endpoint
      })
    })

function port(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port from 0 to 65535.')
  return value
}
