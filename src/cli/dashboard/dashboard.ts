import type { Command } from 'commander'
import { secretInArgument } from '../../open/secrets.ts'
import { runProcess } from '../../process/lifecycle.ts'
import { onNpmGone } from '../../process/stop-with-parent.ts'
import { explain } from '../support/help.ts'

type Options = {
  readonly storage?: string
  readonly projections?: string
  readonly aggregates?: string
  readonly ops?: string
  readonly host?: string
  readonly port?: string
  readonly readOnly?: true
  readonly payloads?: string
  readonly label?: string
  readonly notify?: readonly string[]
}

const notes = `
It prints its address with a token, which signs in an operator; it is another one at each start, unless DASHBOARD_TOKEN is
set, or DASHBOARD_VIEWER_TOKEN for those who may change nothing (16 characters or more). An address that other machines can
reach needs one of them. Alerts, incidents and activity are stored in a storage of their own, by default in the folder ops
inside the storage's folder, or else in ./tidemark-ops. It runs until SIGINT, SIGTERM or SIGHUP.
--notify may be repeated: alertmanager+https://…, pagerduty:<key> or json+https://…
Environment: DASHBOARD_PORT, DASHBOARD_TOKEN, DASHBOARD_VIEWER_TOKEN, DASHBOARD_OPS, DASHBOARD_NOTIFY (separated by spaces),
DASHBOARD_PAYLOADS, DASHBOARD_READ_ONLY (true), DASHBOARD_LABEL, DASHBOARD_LINK (its address, for notices),
DASHBOARD_THRESHOLDS (when alerts fire, as JSON), HOST, ALLOWED_HOSTS, METRICS (prometheus, for GET /metrics with a token), and TIDEMARK_STORAGE.`

/** `tidemark dashboard`: serves the dashboard of a storage. */
export const addDashboard = (program: Command): Command =>
  explain(
    program.command('dashboard'),
    ['dashboard --projections ./projections', 'dashboard --storage file:./data --port 3002 --read-only --label PROD'],
    notes,
  )
    .description('Serves a dashboard of a storage until it is stopped.')
    .option('--storage <url>', 'storage URL (default: TIDEMARK_STORAGE, else file:./data)')
    .option('--projections <folder>', 'folder of projections and reactions, to replay and step them')
    .option('--aggregates <path>', 'file or folder whose modules export aggregates, to show their states')
    .option('--ops <url>', 'storage of alerts, incidents and activity (default: DASHBOARD_OPS)')
    .option('--host <address>', 'address to listen on (default: HOST, else 127.0.0.1)')
    .option('--port <number>', 'port to listen on (default: DASHBOARD_PORT, else any free port)')
    .option('--read-only', 'let no one change anything')
    .option(
      '--payloads <mode>',
      'show full payloads, only their keys, or none (default: DASHBOARD_PAYLOADS, else full)',
    )
    .option('--label <text>', 'shown on every page, for instance PROD')
    .option('--notify <destinations...>', 'where notices of incidents are sent (default: DASHBOARD_NOTIFY)')
    .action((options: Options) => {
      onNpmGone(() => process.kill(process.pid, 'SIGTERM'))
      for (const [option, url, variable] of [
        ['--storage', options.storage, 'TIDEMARK_STORAGE'],
        ['--ops', options.ops, 'DASHBOARD_OPS'],
        ['--notify', options.notify?.join(' '), 'DASHBOARD_NOTIFY'],
      ] as const) {
        const warning = secretInArgument(option, url, variable)
        if (warning !== undefined) process.stderr.write(`${warning}\n`)
      }
      const { projections, aggregates } = options
      const code = {
        ...(projections !== undefined && { projections }),
        ...(aggregates !== undefined && { aggregates }),
      }
      return runProcess(async (defer) => {
        // Other commands start without what this one needs.
        const { runDashboard } = await import('./run-dashboard.ts')
        const address = await runDashboard(environmentOf(options), code, defer)
        // A parent prints it itself.
        if (!process.connected) process.stdout.write(`dashboard  ${address}\n`)
        return address
      })
    })

function environmentOf({ storage, ops, host, port, readOnly, payloads, label, notify }: Options): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...(storage !== undefined && { TIDEMARK_STORAGE: storage }),
    ...(ops !== undefined && { DASHBOARD_OPS: ops }),
    ...(host !== undefined && { HOST: host }),
    ...(port !== undefined && { DASHBOARD_PORT: port }),
    ...(readOnly && { DASHBOARD_READ_ONLY: 'true' }),
    ...(payloads !== undefined && { DASHBOARD_PAYLOADS: payloads }),
    ...(label !== undefined && { DASHBOARD_LABEL: label }),
    ...(notify !== undefined && { DASHBOARD_NOTIFY: notify.join(' ') }),
  }
}
