import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readAtMost } from '../../core/async/read-at-most.ts'
import type { Witness, WitnessAnswer } from './witness.ts'

/** The limits for clients, as options of node:http. Times are milliseconds. */
const LIMITS = {
  maxHeaderSize: 8 * 1024,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 30_000,
  maxRequestsPerSocket: 1_000,
} as const

const MOST_CONNECTIONS = 256

/** Requests that are answered at once. Each may have to wait for those of its log. */
const MOST_OPEN = 128

/** More than a proof of 63 hashes and a head with a hundred signatures have. */
const MAX_BODY = 64 * 1024

const CHECKPOINT = /^\/([0-9a-f]{64})\/checkpoint$/

/** How a witness is served. */
export type WitnessServerOptions = {
  /** Called with what a request failed of, such as a full disk. Clients only learn that it did. */
  readonly onError?: (error: unknown) => void
  /** Milliseconds in which a request must arrive. Default 10,000. */
  readonly requestTimeout?: number
}

/**
 * A server for a witness (C2SP, tlog-witness): `POST /add-checkpoint`, and `GET /<SHA-256 of the origin>/checkpoint`.
 * Anybody may call it: only heads that a log signed change what it keeps.
 */
export function createWitnessServer(
  witness: Witness,
  { onError, requestTimeout = 10_000 }: WitnessServerOptions = {},
): Server {
  let open = 0
  const server = createServer({ ...LIMITS, requestTimeout, headersTimeout: requestTimeout }, (request, response) => {
    if (open >= MOST_OPEN) {
      send(response, { status: 503, body: 'Too many requests\n' }, { 'retry-after': '1' })
      return
    }
    open++
    response.once('close', () => open--)
    answer(witness, request).then(
      (answered) => send(response, answered),
      (error: unknown) => {
        // The client has gone before it sent everything.
        if (request.destroyed && !request.complete) {
          response.destroy()
          return
        }
        onError?.(error)
        send(response, { status: 500, body: 'The request failed\n' })
      },
    )
  })
  server.maxConnections = MOST_CONNECTIONS
  return server
}

async function answer(witness: Witness, request: IncomingMessage): Promise<WitnessAnswer> {
  const { method, url = '' } = request
  const [, hash] = CHECKPOINT.exec(url) ?? []
  if (hash !== undefined && method === 'GET') return witness.checkpoint(hash)
  if (url !== '/add-checkpoint')
    return { status: 404, body: 'Available: POST /add-checkpoint, GET /<hash>/checkpoint\n' }
  if (method !== 'POST') return { status: 405, body: 'Use POST\n' }
  const body = await readAtMost(request.iterator({ destroyOnReturn: false }), MAX_BODY)
  return body === undefined ? { status: 413, body: 'The body is too large\n' } : witness.addCheckpoint(body)
}

function send(response: ServerResponse, { status, body, type }: WitnessAnswer, headers: Record<string, string> = {}) {
  // What is left of a body that was not read would be taken for the next request.
  const isRead = response.req.complete || response.req.method === 'GET'
  response.writeHead(status, {
    'content-type': type ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
    ...headers,
    ...(!isRead && { connection: 'close' }),
  })
  response.end(body)
}
