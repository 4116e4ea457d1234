import type { IncomingMessage, ServerResponse } from 'node:http'
import { PROBLEM_JSON, problem } from '../http/problems/problem.ts'
import type { Ingestion } from './ingestion.ts'

/** Where events are accepted. */
export type IngestPath = {
  /** The path of the URL; default `/events`. */
  readonly path?: string
}

export const DEFAULT_PATH = '/events'

// A proxy may send the whole URL (RFC 9112, 3.2.2).
const pathOf = (url = ''): string => url.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] as string

/**
 * Creates a request listener for `createServer` of node:http that accepts events. Requests to other paths get 404; a
 * server with more routes calls it for its own path.
 */
export function ingestHandler(
  ingestion: Ingestion,
  { path = DEFAULT_PATH }: IngestPath = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (pathOf(request.url) !== path) {
      const text = JSON.stringify(problem(404, 'NotFound', `Events are accepted at ${path}`))
      response.writeHead(404, { 'content-type': PROBLEM_JSON }).end(text)
      return
    }
    const { status, headers, text } = await ingestion.respond(request)
    // A timeout of the server's own may have responded meanwhile.
    if (response.headersSent) return
    response.statusCode = status
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.end(text)
  }
  return (request, response) => void serve(request, response)
}
