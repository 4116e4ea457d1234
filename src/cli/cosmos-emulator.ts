import type { Command } from 'commander'
import { runProcess } from '../process/lifecycle.ts'
import { listenFailure } from '../process/listen.ts'
import { onNpmGone } from '../process/stop-with-parent.ts'
import { explain } from './support/help.ts'
import { portNumber, wholeNumber } from './support/options.ts'

const HOST = '127.0.0.1'

type Options = { readonly port: number; readonly partitions: number; readonly strict?: boolean }

const notes = `
It keeps everything in memory, listens on ${HOST} only, and runs until SIGINT, SIGTERM or SIGHUP.
Any number of commands can share it: --storage cosmos-emulator://${HOST}:<port>`

/** `tidemark cosmos-emulator`: runs an emulator of Azure Cosmos DB. */
export const addCosmosEmulator = (program: Command): Command =>
  explain(program.command('cosmos-emulator'), ['cosmos-emulator --port 8081 --strict'], notes)
    .description('Runs an in-memory emulator of Azure Cosmos DB until it is stopped.')
    .option('--port <number>', 'port to listen on', portNumber, 8081)
    .option('--partitions <number>', 'physical partitions of a new container', wholeNumber, 4)
    .option('--strict', 'as strict as the service can be: pages that end early, throttling, limits of procedures')
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
