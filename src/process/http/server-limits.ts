import type { Server, ServerResponse } from 'node:http'
import { PROBLEM_JSON, problem } from '../../http/problems/problem.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** The limits for one client of a server, as options of node:http. Times are milliseconds. */
export const SERVER_LIMITS = {
  /** The maximum size of all headers of a request, in bytes. */
  maxHeaderSize: 16 * 1024,
  /** The time limit for the headers. */
  headersTimeout: 5_000,
  /** The time limit including the body. */
  requestTimeout: 30_000,
  /** How often the two are checked. */
  connectionsCheckingInterval: 1_000,
  /** How long a connection may stay open without a request. */
  keepAliveTimeout: 5_000,
  /** After that many requests a client must reconnect. */
  maxRequestsPerSocket: 1_000,
} as const

/**
 * The maximum number of connections of one server; further ones are closed. Many systems give a process 1,024
 * descriptors.
 */
const MOST_CONNECTIONS = 800

/**
 * Sets limits that are not options of node:http, and makes the responses of node:http itself like every other refusal.
 */
export function limitServer(server: Server): void {
  server.maxConnections = MOST_CONNECTIONS
  server.on('checkExpectation', (_, response: ServerResponse) => {
    const refusal = problem(417, 'UnknownExpectation', 'The header Expect may only be 100-continue')
    const body = JSON.stringify(refusal)
    const length = { 'content-length': Buffer.byteLength(body), connection: 'close' }
    response.writeHead(refusal.status, { ...SECURITY_HEADERS, 'content-type': PROBLEM_JSON, ...length }).end(body)
  })
}
