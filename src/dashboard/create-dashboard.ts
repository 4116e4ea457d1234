import { systemClock } from '../core/clock.ts'
import { InvalidOption } from '../core/errors/input.ts'
import { thresholdsWith } from '../operations/alerts/given-thresholds.ts'
import { logErrors } from './log-errors.ts'
import { openParts } from './open-parts.ts'
import type { DashboardOptions } from './options.ts'
import type { Handler } from './server/handler.ts'
import { serveDashboard } from './server/serve-dashboard.ts'

/** A dashboard that runs in this process. */
export type Dashboard = AsyncDisposable & {
  /** A request listener of node:http, which can be mounted under any path that ends with a slash. */
  readonly handler: Handler
  /** Resolves when the storage is open; rejects with what prevents that. Until then, requests of the API wait. */
  readonly ready: Promise<void>
  /** Ends all streams, and closes what was opened. */
  close(): Promise<void>
}

const LONGEST_LABEL = 40

/**
 * Creates the dashboard of a storage. It begins to watch the storage at once, with or without a browser. Run it in a
 * process of its own where the code of projections may be slow: what it does blocks no worker there.
 *
 * @throws InvalidConfiguration for a token; InvalidOption
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  const { tokens, host = '127.0.0.1', allowedHosts = [], payloads = 'full', label = null } = options
  const { unownedAfter, readOnly = false, clock = systemClock, onError = logErrors(clock), scrape } = options
  if (label !== null && (label === '' || label.length > LONGEST_LABEL))
    throw new InvalidOption('label', `a text of 1 to ${LONGEST_LABEL} characters`, label)
  if (!['full', 'keys', 'none'].includes(payloads)) throw new InvalidOption('payloads', 'full, keys or none', payloads)
  if (unownedAfter !== undefined && !(unownedAfter > 0))
    throw new InvalidOption('unownedAfter', 'a positive number of milliseconds', unownedAfter)
  thresholdsWith(options.thresholds)
  const begin = Promise.withResolvers<void>()
  const opening = begin.promise.then(() => openParts(options, clock, onError))
  opening.catch(() => {})
  const access = { host, allowedHosts }
  const reporting = { onError, scrape, telemetry: options.opening?.telemetry }
  const served = serveDashboard(opening, payloads, { access, tokens, readOnly, label, clock, ...reporting })
  begin.resolve()
  const ready = opening.then(() => {})
  ready.catch(() => {})
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= closeAll()
    return closed
  }
  async function closeAll(): Promise<void> {
    served.close()
    const parts = await opening.catch(() => undefined)
    await parts?.close()
  }
  return { handler: served.handler, ready, close, [Symbol.asyncDispose]: close }
}
