import type { IncomingMessage, ServerResponse } from 'node:http'
import { notify } from '../../core/async/callbacks.ts'
import { noTelemetry, type Telemetry } from '../../core/telemetry/telemetry.ts'
import { measureRequest } from '../../http/measure-request.ts'
import { answerScrape } from '../../process/answer-scrape.ts'
import type { AccessOptions } from '../../process/http/access.ts'
import { requestGate } from '../../process/http/request-gate.ts'
import type { Scrape } from '../../process/start-telemetry.ts'
import type { Assets } from '../assets/assets.ts'
import { type Authorization, authorize } from './authorize.ts'
import { DASHBOARD_HEADERS } from './headers.ts'
import { readJson } from './read-json.ts'
import { refuse, respondError } from './respond.ts'
import { createRouter, type Endpoint } from './router.ts'
import { serveAsset } from './serve-asset.ts'

/** What a dashboard serves, and to whom. */
export type Serving = {
  readonly access: AccessOptions
  readonly authorization: Authorization
  readonly endpoints: readonly Endpoint[]
  readonly assets: Assets
  /** Called with every error that is the server's fault. */
  readonly onError: (error: unknown) => void
  /** Receives the duration of each request. */
  readonly telemetry?: Telemetry | undefined
  /** What `GET metrics` responds with, to viewers and operators; without it, there is no such path. */
  readonly scrape?: Scrape | undefined
}

/** A request listener of node:http. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Creates the request listener of a dashboard. It works under any path, since it looks for its own paths at the end. */
export function createHandler(serving: Serving): Handler {
  const { access, authorization, endpoints, assets, onError, telemetry = noTelemetry, scrape } = serving
  const gate = requestGate(access, DASHBOARD_HEADERS)
  const find = createRouter(endpoints)

  async function serve(request: Mounted, response: ServerResponse, matched: (route: string) => void): Promise<void> {
    const [path = '', ...rest] = (request.originalUrl ?? request.url ?? '').split('?')
    const match = find(request.method ?? '', path)
    if (match === undefined) {
      if (scrape === undefined || request.method !== 'GET' || !path.endsWith(METRICS.path))
        return serveAsset(assets, request, response, path)
      matched(METRICS.path)
      authorize(request, METRICS, authorization)
      return void (await answerScrape(scrape, response))
    }
    const { endpoint, params, base } = match
    matched(`/api/${endpoint.path}`)
    const by = authorize(request, endpoint, authorization)
    const body = endpoint.method === 'POST' ? await readJson(request) : {}
    const query = new URLSearchParams(rest.join('?'))
    await endpoint.serve({ request, response, params, query, body, base, by })
  }

  return (request, response) => {
    let route: string | undefined
    measureRequest(telemetry, request, response, () => route)
    const refusal = gate(request, response)
    if (refusal) return refuse(response, refusal)
    const matched = (path: string) => {
      route = path
    }
    serve(request, response, matched).catch((error) => {
      const failure = respondError(error, request, response)
      if (failure) notify(onError, failure.error)
    })
  }
}

const METRICS = { method: 'GET', path: '/metrics', role: 'viewer' } as const

// Frameworks that mount a handler under a path remove that path from `url`, and keep it here.
type Mounted = IncomingMessage & { readonly originalUrl?: string }
