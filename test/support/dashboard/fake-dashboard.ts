import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Assets, assetsOf } from '../../../src/dashboard/assets/assets.ts'
import { respondWithAsset } from '../../../src/dashboard/assets/respond.ts'
import type { Session } from '../../../src/dashboard/contract/session.ts'
import type { TopicName } from '../../../src/dashboard/contract/topics.ts'
import { ANSWERS } from './fake-answers.ts'
import { fakeLive } from './fake-live.ts'
import { nextRanges } from './fake-ranges.ts'
import { degradedTables, healthyTables, type Tables, unknownTables } from './fake-tables.ts'
import { storePost } from './store/fake-posts.ts'

export type FakeOptions = {
  readonly port?: number
  readonly scenario?: 'degraded' | 'healthy' | 'unknown'
  /** How many ranges one of the projections has, 1,000 by default. */
  readonly ranges?: number
  readonly role?: Session['role']
  readonly readOnly?: boolean
  /** The files of the pages: their sources, if not given. */
  readonly assets?: Assets
  /** Changes what is shown from the beginning. */
  readonly change?: (tables: Tables) => Tables
}

const TOKEN = 'a-token-for-tests-only'

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** A dashboard without a storage behind it: the real pages, and an API that plays a part. */
export async function startFakeDashboard(options: FakeOptions = {}) {
  const tablesOf = { degraded: degradedTables, healthy: healthyTables, unknown: unknownTables }[
    options.scenario ?? 'degraded'
  ]
  const scripted = tablesOf(Date.now(), options.ranges ?? 1000)
  const tables = options.change?.(scripted) ?? scripted
  const live = fakeLive(tables, 1000)
  const assets = options.assets ?? assetsOf()
  const posts: { readonly path: string; readonly body: unknown }[] = []
  const signedIn = new Set<string>()
  let beat = 0
  let paused = false

  const session: Session = {
    role: options.role ?? 'operator',
    name: 'ada',
    readOnly: options.readOnly ?? false,
    label: 'PROD',
    payloads: 'full',
    pages: { integrity: true, privacy: true, rules: true, groups: true },
  }

  async function api(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams) {
    if (path === 'session' && request.method === 'POST') {
      const { token } = (await bodyOf(request)) as { token?: string }
      if (token !== TOKEN) return problem(response, 401, 'WrongToken', 'The token is not one of this dashboard.')
      const id = `s${signedIn.size + 1}-${Date.now()}`
      signedIn.add(id)
      response.setHeader('set-cookie', `fake=${id}; HttpOnly; SameSite=Strict; Path=/`)
      return json(response, 200, session)
    }
    if (!signedIn.has(/fake=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')) {
      return problem(response, 401, 'NotSignedIn', 'Sign in with the token.')
    }
    const topics = (query.get('topics') ?? '').split(',').filter((topic): topic is TopicName => topic in tables)
    if (path === 'session') return json(response, 200, session)
    if (path === 'live') return live.open(response, topics, session.role)
    if (path === 'snapshot')
      return json(response, 200, { at: Date.now(), measuredAt: Date.now(), snapshots: topics.map(live.snapshotOf) })
    if (request.method === 'POST') {
      const body = await bodyOf(request)
      posts.push({ path, body })
      if (session.role === 'viewer') return problem(response, 403, 'OperatorNeeded', 'Only an operator may do this.')
      return json(
        response,
        200,
        storePost(path.split('/').map(decodeURIComponent), body) ?? { done: true, detail: 'Done.' },
      )
    }
    const parts = path.split('/').map(decodeURIComponent)
    const answer = ANSWERS[parts[0] ?? '']?.({ path: parts, query, tables, now: Date.now() })
    if (answer === undefined) return problem(response, 404, 'NotFound', 'There is nothing of that name.')
    return json(response, 200, answer)
  }

  const server = createServer((request, response) => {
    if (paused) return
    for (const [name, value] of Object.entries(SECURITY)) response.setHeader(name, value)
    const url = new URL(request.url ?? '/', 'http://localhost')
    const path = url.pathname.slice(1)
    if (path.startsWith('api/')) {
      api(request, response, path.slice(4), url.searchParams).catch(() => response.destroy())
      return
    }
    const asset = assets(path)
    if (asset === undefined) return problem(response, 404, 'NotFound', 'There is no such file.')
    const { status, headers, body } = respondWithAsset(asset, request.headers)
    response.writeHead(status, headers).end(body)
  })
  const timer = setInterval(() => {
    if (paused) return
    beat += 1
    const now = Date.now()
    live.set('ranges', nextRanges(tables.ranges, now, beat))
    live.sample(now)
    if (beat % 5 === 0) live.ping(now)
  }, 1000)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    url,
    token: TOKEN,
    link: `${url}#${TOKEN}`,
    tables,
    live,
    posts,
    /** As if the process had been stopped: nothing is sent, and nothing answered. */
    pause: (on: boolean) => {
      paused = on
    },
    endSessions: () => signedIn.clear(),
    async close() {
      clearInterval(timer)
      live.end()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

function json(response: ServerResponse, status: number, body: unknown) {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}

function problem(response: ServerResponse, status: number, code: string, detail: string) {
  json(response, status, { status, code, title: detail, detail })
}
