import type { Command } from 'commander'
import { secretInArgument } from '../open/secrets.ts'
import { onNpmGone } from '../process/stop-with-parent.ts'
import { explain } from './support/help.ts'

type Options = {
  readonly projections: string
  readonly storage?: string
  readonly host?: string
  readonly port?: string
  readonly logLevel?: string
}

const notes = `
Each file in the folder exports one projection or reaction by default, and has the same name as it.
The worker runs until SIGINT, SIGTERM or SIGHUP, and serves GET /health, /ready and /status.
Environment: LEASE_DURATION, POLL_INTERVAL, STALLED_AFTER and WAITING_AFTER, in milliseconds, ALLOWED_HOSTS, the names
besides those of this machine under which clients may call its health server, and TIDEMARK_RELEASE, the release of the
application, which others see among the workers.`

/** `tidemark worker`: runs the projections of a folder. */
export const addWorker = (program: Command): Command =>
  explain(program.command('worker'), ['worker --projections ./projections --port 3001'], notes)
    .description('Runs the projections and reactions in a folder until it is stopped.')
    .option('--projections <folder>', 'folder of projections, one file each', './projections')
    .option('--storage <url>', 'storage URL (default: TIDEMARK_STORAGE, else file:./data)')
    .option('--host <address>', 'address of the health server (default: HOST, else 127.0.0.1)')
    .option('--port <number>', 'port of the health server (default: WORKER_PORT, else any free port)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent (default: LOG_LEVEL, else info)')
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
