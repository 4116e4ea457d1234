import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import type { SubscriberStatus } from '../../messaging/subscriber/subscriber-status.ts'
import { answerScrape } from '../../process/answer-scrape.ts'
import { type AccessOptions, LOOPBACK_ONLY } from '../../process/http/access.ts'
import { answerParserError } from '../../process/http/parser-errors.ts'
import type { Refusal } from '../../process/http/refusal.ts'
import { requestGate } from '../../process/http/request-gate.ts'
import { limitServer, SERVER_LIMITS } from '../../process/http/server-limits.ts'
import type { Scrape } from '../../process/start-telemetry.ts'
import { healthOf, isReady } from '../../processor/status/health.ts'
import type { ProcessorStatus } from '../../processor/status/status.ts'
import type { ChainReport } from '../chain-report.ts'
import type { VaultReport } from '../vault-report.ts'

/** The options of a health server. */
export type HealthServerOptions = {
  /** By default only loopback names. */
  readonly access?: AccessOptions
  /** What `GET /metrics` responds with; without it, there is no such path. */
  readonly scrape?: Scrape
  /** Reports the state of the vault, if there is one. */
  readonly vault?: () => Promise<VaultReport>
  /** Reports the state of the chain, if there is one. */
  readonly chain?: () => Promise<ChainReport>
  /** The subscribers, if there are any. */
  readonly subscribers?: () => readonly SubscriberStatus[]
  /** For how many milliseconds a subscriber may wait until the worker is unhealthy; default 60,000. */
  readonly waitingAfter?: number
  /** For how many milliseconds the vault may be late until the worker is unhealthy; default 60,000. */
  readonly stalledAfter?: number
  readonly now?: () => number
}

/**
 * The worker's own small server. `GET /health` responds with 503 exactly as long as a range of this worker is stalled or
 * waits for its destination, a range has been unowned past its limit, what forgetting a person began has been overdue for
 * too long, a subscriber waits or has stopped, the chain is not that of the log or contradicts a head that was kept elsewhere, or the processor has stopped,
 * because a worker without progress is not healthy just because its process is up. `GET /ready` responds with 503 until
 * every range is owned by some worker. `GET /metrics` returns what was measured, without asking the storage. `GET /status` returns the whole status of the processor, and those of the vault and
 * the chain. Requests that a page of another site makes a browser send are refused.
 */
export function createHealthServer(
  status: () => Promise<ProcessorStatus>,
  {
    access = LOOPBACK_ONLY,
    scrape,
    vault,
    chain,
    subscribers,
    stalledAfter = 60_000,
    waitingAfter = 60_000,
    now = Date.now,
  }: HealthServerOptions = {},
): Server {
  const gate = requestGate(access)
  async function answerTo(path: string): Promise<Answer> {
    if (path === '/ready') return readinessOf(await status())
    const [known, ...reports] = await Promise.all([status(), vault?.(), chain?.()])
    const receiving = subscribers?.()
    if (receiving && path === '/status')
      return withSubscribers(answerOf(path, known, reports, { stalledAfter, now: now() }), receiving)
    const late = receiving?.filter((one) => isLate(one, now() - waitingAfter)) ?? []
    if (late.length > 0) return [503, { status: 'subscribers waiting', subscribers: late }]
    return answerOf(path, known, reports, { stalledAfter, now: now() })
  }
  const tell = (path: string, response: ServerResponse) =>
    answerTo(path).then(
      (given) => answer(response, ...given),
      (error) =>
        answer(response, 503, { status: 'unknown', detail: error instanceof Error ? error.message : String(error) }),
    )
  const paths = ['/health', '/ready', '/status', ...(scrape ? ['/metrics'] : [])]
  const server = createServer(SERVER_LIMITS, (request, response) => {
    const refusal = gate(request, response) ?? routeFault(request, paths)
    const path = pathOf(request)
    if (refusal) refuse(response, refusal)
    else if (scrape && path === '/metrics') answerScrape(scrape, response)
    else tell(path, response)
  })
  server.on('clientError', answerParserError)
  limitServer(server)
  return server
}

type Answer = readonly [status: number, body: unknown]

const readinessOf = (known: ProcessorStatus): Answer =>
  isReady(known) ? [200, { status: 'ready' }] : [503, notReady(known)]

function answerOf(
  path: string,
  known: ProcessorStatus,
  [vault, chain]: readonly [VaultReport | undefined, ChainReport | undefined],
  { stalledAfter, now }: { readonly stalledAfter: number; readonly now: number },
): Answer {
  if (path === '/status') return [200, { ...known, ...(vault && { vault }), ...(chain && { chain }) }]
  const health = healthOf(known, now)
  if (health.status !== 'ok') return [503, health]
  if (chain?.state === 'foreign') return [503, { status: 'chain of another log', chain }]
  if (chain?.state === 'diverged') return [503, { status: 'chain diverged', chain }]
  const isLate = vault?.lateSince && now - Date.parse(vault.lateSince) > stalledAfter
  return isLate ? [503, { status: 'forgetting overdue', vault }] : [200, { status: 'ok' }]
}

const withSubscribers = ([code, body]: Answer, subscribers: readonly SubscriberStatus[]): Answer => [
  code,
  { ...(body as object), subscribers },
]

/** Whether a subscriber has stopped, or has waited since before a time. */
const isLate = ({ state, since }: SubscriberStatus, before: number): boolean =>
  state === 'stopped' || (since !== undefined && Date.parse(since) < before)

const pathOf = ({ url }: IncomingMessage): string => url?.split('?', 1)[0] ?? ''

function routeFault(request: IncomingMessage, paths: readonly string[]): Refusal | undefined {
  if (request.method === 'GET' && paths.includes(pathOf(request))) return undefined
  const detail = `Available: ${paths.map((path) => `GET ${path}`).join(', ')}`
  return { status: 404, code: 'NotFound', detail }
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
