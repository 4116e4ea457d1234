import type { Clock } from '../../../core/clock.ts'
import { tooManyRequests } from '../../engine/errors.ts'
import { isSet } from '../body.ts'
import type { CosmosRequest } from '../message.ts'

const INTERVAL_MS = 5 * 60_000
const RETRY_AFTER_MS = 1_000

const PATTERNS = new Set(['dbs', 'dbs/*', 'dbs/*/colls', 'dbs/*/colls/*'])

const isRead = (request: CosmosRequest): boolean =>
  request.method === 'GET' || (request.method === 'POST' && isSet(request, 'x-ms-documentdb-isquery'))

/** Counts the requests that read or list databases and containers. */
export type MetadataLimit = {
  /**
   * @param pattern of the request's path, as routes have it
   * @throws CosmosError 429 when there were too many in the last five minutes
   */
  admit(request: CosmosRequest, pattern: string): void
}

/**
 * Limits the reads of what describes data, which the service limits for each account.
 *
 * @param most how many in five minutes
 * @see https://learn.microsoft.com/azure/cosmos-db/concepts-limits#control-plane
 */
export function metadataLimit(clock: Clock, most: number): MetadataLimit {
  const times: number[] = []
  return {
    admit(request, pattern) {
      if (most === Number.POSITIVE_INFINITY || !PATTERNS.has(pattern) || !isRead(request)) return
      const now = clock.now()
      while (times[0] !== undefined && times[0] <= now - INTERVAL_MS) times.shift()
      if (times.length >= most) throw tooManyRequests(RETRY_AFTER_MS)
      times.push(now)
    },
  }
}
