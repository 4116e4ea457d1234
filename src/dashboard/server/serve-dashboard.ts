import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { AccessOptions } from '../../process/http/access.ts'
import type { Scrape } from '../../process/start-telemetry.ts'
import { routes } from '../api/index.ts'
import { assetsOf } from '../assets/assets.ts'
import type { Session } from '../contract/session.ts'
import { createHub } from '../live/hub.ts'
import { liveEndpoints } from '../live/live-endpoints.ts'
import { publishChanges } from '../live/publish-changes.ts'
import { topicSources } from '../live/topics/index.ts'
import type { OptionalParts } from '../optional-parts.ts'
import { createSessions } from './access/sessions.ts'
import { type Tokens, tokenCheck } from './access/tokens.ts'
import { apiEndpoint } from './api-endpoint.ts'
import type { Foldable } from './folding.ts'
import { createHandler, type Handler } from './handler.ts'
import type { DashboardContext } from './route.ts'
import { limitedTokenCheck, sessionEndpoints } from './session-endpoints.ts'

/** How a dashboard is served. */
export type ServingOptions = {
  readonly access: AccessOptions
  readonly tokens: Tokens
  readonly readOnly: boolean
  readonly label: string | null
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly telemetry?: Telemetry | undefined
  readonly scrape?: Scrape | undefined
}

/** What a dashboard has opened. */
export type Opened = DashboardContext & {
  /** What its code can show and replay. */
  readonly loaded: () => readonly Foldable[]
  readonly optional?: OptionalParts
  readonly pages: () => Session['pages']
}

/** A dashboard that is served. */
export type ServedDashboard = {
  readonly handler: Handler
  /** Ends all streams; requests that are being served are finished. */
  close(): void
}

/**
 * Serves a dashboard while it is still being opened: until then, its pages are there, and its API waits.
 *
 * @throws InvalidConfiguration for a token
 */
export function serveDashboard(
  opening: Promise<Opened>,
  payloads: Session['payloads'],
  { access, tokens, readOnly, label, clock, ...reporting }: ServingOptions,
): ServedDashboard {
  let opened: Opened | undefined
  let isClosed = false
  let unsubscribe = () => {}
  const sessions = createSessions(clock, (key) => {
    live.then(({ hub }) => hub.endSession(key)).catch(() => {})
  })
  const live = opening.then((parts) => {
    opened = parts
    const epoch = randomBytes(6).toString('hex')
    const { operations } = parts
    const hub = createHub({
      sources: topicSources({ ...parts, clock }),
      clock,
      epoch,
      measuredAt: () => operations.snapshot()?.at ?? null,
      onBeat: sessions.sweep,
    })
    if (isClosed) hub.close()
    else unsubscribe = publishChanges(operations, hub)
    return { hub, everyMs: operations.every }
  })
  live.catch(() => {})
  const check = limitedTokenCheck(tokenCheck(tokens), clock)
  const settings = () => ({ readOnly, label, payloads, pages: opened?.pages() ?? NO_PAGES })
  return {
    handler: createHandler({
      access,
      authorization: { sessions, check, readOnly },
      endpoints: [
        ...sessionEndpoints({ sessions, settings }, check),
        ...liveEndpoints(live),
        ...routes.map((route) => apiEndpoint(route, opening)),
      ],
      assets: assetsOf(),
      ...reporting,
    }),
    close() {
      isClosed = true
      unsubscribe()
      live.then(({ hub }) => hub.close()).catch(() => {})
    },
  }
}

const NO_PAGES: Session['pages'] = { integrity: false, privacy: false, rules: false, groups: false }
