import { type Backoff, backoffDelay } from '../../../../core/async/backoff.ts'

const BACKOFF: Backoff = { first: 20, most: 2000 }

/**
 * The delay before a request is retried: what the server asks for, with some jitter, otherwise exponential backoff.
 *
 * @param attempt 0 for the first retry
 * @param retryAfter milliseconds that the server asked for
 * @param random from 0 inclusive to 1 exclusive
 * @returns whole milliseconds
 */
export function retryDelay(attempt: number, retryAfter?: number, random: () => number = Math.random): number {
  if (retryAfter !== undefined && retryAfter > 0) return Math.ceil(retryAfter * (1 + random() / 4))
  return Math.ceil(backoffDelay(attempt + 1, BACKOFF, random))
}
