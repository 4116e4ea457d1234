import { createServer, type Server } from 'node:http'
import type { ProcessorStatus } from '../processor/status.ts'

/**
 * The worker's own small server: `GET /health` answers 503 as long as a range is stalled, since a worker that does not
 * get on is not well only because its process is up; `GET /status` tells all that the processor knows of itself.
 */
export function createHealthServer(status: () => Promise<ProcessorStatus>): Server {
  return createServer((request, response) => {
    const answer = (code: number, body: unknown) => {
      response.writeHead(code, { 'content-type': 'application/json; charset=utf-8' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    const path = request.url?.split('?', 1)[0]
    if (request.method !== 'GET' || (path !== '/health' && path !== '/status')) {
      return answer(404, { status: 404, detail: 'There are GET /health and GET /status' })
    }
    status().then(
      (now) => {
        if (path === '/status') return answer(200, now)
        const stalled = now.ranges.filter(({ state }) => state === 'stalled')
        if (stalled.length === 0) answer(200, { status: 'ok' })
        else answer(503, { status: 'stalled', stalled })
      },
      (error) => answer(503, { status: 'unknown', detail: error instanceof Error ? error.message : String(error) }),
    )
  })
}
