import type { Server } from 'node:http'

/** What one client may take of a server, as options of node:http. Times are milliseconds. */
export const SERVER_LIMITS = {
  /** Bytes of all headers of a request. */
  maxHeaderSize: 16 * 1024,
  /** Until the headers are there. */
  headersTimeout: 10_000,
  /** Until the body is there, too. */
  requestTimeout: 30_000,
  /** How often the two are looked at. */
  connectionsCheckingInterval: 5_000,
  /** After that many requests a client connects anew. */
  maxRequestsPerSocket: 1_000,
} as const

/** Connections at once, of one server; those beyond are closed. */
const MOST_CONNECTIONS = 1_000

/** Bounds what is no option of node:http. */
export function limitServer(server: Server): void {
  server.maxConnections = MOST_CONNECTIONS
}
