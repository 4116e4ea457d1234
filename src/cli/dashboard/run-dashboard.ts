import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createDashboard } from '../../dashboard/create-dashboard.ts'
import type { DashboardOptions } from '../../dashboard/options.ts'
import { answerParserError } from '../../process/http/parser-errors.ts'
import { limitServer, SERVER_LIMITS } from '../../process/http/server-limits.ts'
import type { Defer } from '../../process/lifecycle.ts'
import { closeServer, listen } from '../../process/listen.ts'
import { startTelemetry } from '../../process/start-telemetry.ts'
import { observeEventLoop } from '../../processor/workers/observe-event-loop.ts'

/** The code whose states a dashboard can show. */
export type DashboardCode = Pick<DashboardOptions, 'projections' | 'aggregates'>

/**
 * Runs a dashboard in this process.
 *
 * @param environment see `readDashboardSettings`
 * @returns its address; behind the `#`, a token that was created because none is set
 * @throws InvalidConfiguration; what the adapter throws
 */
export async function runDashboard(environment: NodeJS.ProcessEnv, code: DashboardCode, defer: Defer): Promise<string> {
  const { readDashboardSettings } = await import('./dashboard-settings.ts')
  const { host, port, metrics, tokens, options } = readDashboardSettings(environment)
  const isGiven = tokens.operator !== undefined || tokens.viewer !== undefined
  const token = isGiven ? undefined : randomBytes(24).toString('base64url')
  const { telemetry, scrape } = await startTelemetry(metrics, defer)
  const dashboard = createDashboard({
    ...options,
    ...code,
    ...(scrape && { scrape }),
    ...(telemetry && { opening: { ...options.opening, telemetry } }),
    tokens: token === undefined ? tokens : { operator: token },
  })
  defer(() => dashboard.close())
  await dashboard.ready
  const server = createServer(SERVER_LIMITS, dashboard.handler)
  server.on('clientError', answerParserError)
  limitServer(server)
  const url = await listen(server, { host, port }, 'DASHBOARD_PORT')
  defer(async () => {
    // Streams of browsers never end by themselves.
    await Promise.all([closeServer(server), dashboard.close()])
  })
  if (telemetry) {
    const unobserve = observeEventLoop(telemetry)
    defer(async () => unobserve())
  }
  return token === undefined ? `${url}/` : `${url}/#${token}`
}
