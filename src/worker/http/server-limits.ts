import type { Server, ServerResponse } from 'node:http'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** What one client may take of a server, as options of node:http. Times are milliseconds. */
export const SERVER_LIMITS = {
  /** Bytes of all headers of a request. */
  maxHeaderSize: 16 * 1024,
  /** Until the headers are there. */
  headersTimeout: 5_000,
  /** Until the body is there, too. */
  requestTimeout: 30_000,
  /** How often the two are looked at. */
  connectionsCheckingInterval: 1_000,
  /** For how long a connection may stay without a request. */
  keepAliveTimeout: 5_000,
  /** After that many requests a client connects anew. */
  maxRequestsPerSocket: 1_000,
} as const

/** Connections at once, of one server; those beyond are closed. Many systems give a process 1,024 descriptors. */
const MOST_CONNECTIONS = 800

/** Bounds what is no option of node:http, and answers what it would answer by itself as every other refusal. */
export function limitServer(server: Server): void {
  server.maxConnections = MOST_CONNECTIONS
  server.on('checkExpectation', (_, response: ServerResponse) => {
    const refusal = problem(417, 'UnknownExpectation', 'The header Expect may only be 100-continue')
    const body = JSON.stringify(refusal)
    const length = { 'content-length': Buffer.byteLength(body), connection: 'close' }
    response.writeHead(refusal.status, { ...SECURITY_HEADERS, 'content-type': PROBLEM_JSON, ...length }).end(body)
  })
}
