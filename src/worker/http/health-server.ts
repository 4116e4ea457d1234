import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import { healthOf, isReady } from '../../processor/status/health.ts'
import type { ProcessorStatus } from '../../processor/status/status.ts'
import type { VaultReport } from '../vault-report.ts'
import { type AccessOptions, LOOPBACK_ONLY } from './access.ts'
import { answerParserError } from './parser-errors.ts'
import type { Refusal } from './refusal.ts'
import { requestGate } from './request-gate.ts'
import { limitServer, SERVER_LIMITS } from './server-limits.ts'

const PATHS = ['/health', '/ready', '/status']

/** The options of a health server. */
export type HealthServerOptions = {
  /** By default only loopback names. */
  readonly access?: AccessOptions
  /** Reports the state of the vault, if there is one. */
  readonly vault?: () => Promise<VaultReport>
  /** For how many milliseconds the vault may be late until the worker is unhealthy; default 60,000. */
  readonly stalledAfter?: number
  readonly now?: () => number
}

/**
 * The worker's own small server. `GET /health` responds with 503 exactly as long as a range of this worker is stalled,
 * a range has been unowned past its limit, what forgetting a person began has been overdue for too long, or the processor
 * has stopped, because a worker without progress is not healthy just because its process is up. `GET /ready` responds with 503 until every range is owned by some worker.
 * `GET /status` returns the whole status of the processor, and that of the
 * vault. Requests that a page of another site makes a browser send
 * are refused.
 */
export function createHealthServer(
  status: () => Promise<ProcessorStatus>,
  { access = LOOPBACK_ONLY, vault, stalledAfter = 60_000, now = Date.now }: HealthServerOptions = {},
): Server {
  const gate = requestGate(access)
  const tell = (path: string, response: ServerResponse) =>
    Promise.all([status(), vault?.()]).then(
      ([known, report]) => answer(response, ...answerOf(path, known, report, { stalledAfter, now: now() })),
      (error) =>
        answer(response, 503, { status: 'unknown', detail: error instanceof Error ? error.message : String(error) }),
    )
  const server = createServer(SERVER_LIMITS, (request, response) => {
    const refusal = gate(request, response) ?? routeFault(request)
    if (refusal) refuse(response, refusal)
    else tell(pathOf(request), response)
  })
  server.on('clientError', answerParserError)
  limitServer(server)
  return server
}

function answerOf(
  path: string,
  known: ProcessorStatus,
  vault: VaultReport | undefined,
  { stalledAfter, now }: { readonly stalledAfter: number; readonly now: number },
): readonly [status: number, body: unknown] {
  if (path === '/status') return [200, { ...known, ...(vault && { vault }) }]
  if (path === '/ready') return isReady(known) ? [200, { status: 'ready' }] : [503, notReady(known)]
  const health = healthOf(known, now)
  if (health.status !== 'ok') return [503, health]
  const isLate = vault?.lateSince && now - Date.parse(vault.lateSince) > stalledAfter
  return isLate ? [503, { status: 'forgetting overdue', vault }] : [200, { status: 'ok' }]
}

const pathOf = ({ url }: IncomingMessage): string => url?.split('?', 1)[0] ?? ''

function routeFault(request: IncomingMessage): Refusal | undefined {
  if (request.method === 'GET' && PATHS.includes(pathOf(request))) return undefined
  return { status: 404, code: 'NotFound', detail: 'Available: GET /health, GET /ready and GET /status' }
}

function refuse(response: ServerResponse, { status, code, detail }: Refusal): void {
  answer(response, status, problem(status, code, detail), PROBLEM_JSON)
}

function answer(response: ServerResponse, code: number, body: unknown, type = 'application/json; charset=utf-8'): void {
  response.writeHead(code, { 'content-type': type })
  response.end(`${JSON.stringify(body)}\n`)
}

const notReady = ({ leases, ranges }: ProcessorStatus) => ({
  status: 'not ready',
  leases,
  unowned: ranges.filter(({ owner }) => owner === null),
})
