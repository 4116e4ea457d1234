import type { Command } from 'commander'
import { secretInArgument } from '../open/secrets.ts'
import { onNpmGone } from '../process/stop-with-parent.ts'

type Options = {
  readonly projections: string
  readonly storage?: string
  readonly host?: string
  readonly port?: string
  readonly logLevel?: string
}

const help = `
Each file of the folder has one projection as its default export, and is named as it is.
The worker runs until SIGINT, SIGTERM or SIGHUP. It answers GET /health, /ready and /status.
The environment may also set LEASE_DURATION, POLL_INTERVAL and STALLED_AFTER, in milliseconds, and ALLOWED_HOSTS, the
names by which its health server may be called besides those of this machine.`

/** `tidemark worker`: runs the projections of a folder. */
export const addWorker = (program: Command): Command =>
  program
    .command('worker')
    .description('Runs the projections of a folder until it is told to stop.')
    .requiredOption('--projections <folder>', 'the folder of projections, one file each')
    .option('--storage <url>', 'the storage (default: TIDEMARK_STORAGE, else file:./data)')
    .option('--host <address>', 'address of its health server (default: HOST, else 127.0.0.1)')
    .option('--port <number>', 'port of its health server (default: WORKER_PORT, else any free one)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (default: LOG_LEVEL, else info)')
    .addHelpText('after', help)
    .action(async ({ projections, storage, host, port, logLevel }: Options) => {
      onNpmGone(() => process.kill(process.pid, 'SIGTERM'))
      const warning = secretInArgument('--storage', storage, 'TIDEMARK_STORAGE')
      if (warning !== undefined) process.stderr.write(`${warning}\n`)
      // What the worker needs takes longer to load than every other command.
      const { runWorker } = await import('../worker/run-worker.ts')
      await runWorker(projections, {
        ...process.env,
        ...(storage !== undefined && { TIDEMARK_STORAGE: storage }),
        ...(host !== undefined && { HOST: host }),
        ...(port !== undefined && { WORKER_PORT: port }),
        ...(logLevel !== undefined && { LOG_LEVEL: logLevel }),
      })
    })
