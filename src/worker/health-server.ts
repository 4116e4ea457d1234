import { createServer, type Server } from 'node:http'
import { healthOf, isReady } from '../processor/health.ts'
import type { ProcessorStatus } from '../processor/status.ts'

const PATHS = ['/health', '/ready', '/status']

/**
 * The worker's own small server. `GET /health` answers 503 exactly as long as a range of this worker is stalled, a
 * range is nobody's past its limit, or the processor has stopped, since a worker that does not get on is not well only
 * because its process is up. `GET /ready` answers 503 until every range is held by some worker. `GET /status` tells
 * all that the processor knows of itself.
 */
export function createHealthServer(status: () => Promise<ProcessorStatus>, now = Date.now): Server {
  return createServer((request, response) => {
    const answer = (code: number, body: unknown) => {
      response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    const path = request.url?.split('?', 1)[0] ?? ''
    if (request.method !== 'GET' || !PATHS.includes(path)) {
      return answer(404, { status: 404, detail: 'There are GET /health, GET /ready and GET /status' })
    }
    status().then(
      (known) => {
        if (path === '/status') return answer(200, known)
        if (path === '/ready') return isReady(known) ? answer(200, { status: 'ready' }) : answer(503, notReady(known))
        const health = healthOf(known, now())
        if (health.status === 'ok') answer(200, { status: 'ok' })
        else answer(503, health)
      },
      (error) => answer(503, { status: 'unknown', detail: error instanceof Error ? error.message : String(error) }),
    )
  })
}

const notReady = ({ leases, ranges }: ProcessorStatus) => ({
  status: 'not ready',
  leases,
  unowned: ranges.filter(({ owner }) => owner === null),
})
