import { type Backoff, backoffDelay } from '../../../core/async/backoff.ts'

const BACKOFF: Backoff = { first: 10, most: 1000 }

/**
 * The delay before a call is retried.
 *
 * @param attempt 0 for the first retry
 * @returns whole milliseconds
 */
export const retryDelay = (attempt: number): number => Math.ceil(backoffDelay(attempt + 1, BACKOFF, Math.random))
