/** How the delays between attempts grow. */
export type Backoff = {
  /** Milliseconds before the second attempt. */
  readonly first: number
  /** The longest delay, in milliseconds. */
  readonly most: number
  /** The share of each delay that is random, from 0 to 1; half of it by default. */
  readonly jitter?: number
}

/** A destination that asks for a longer pause than this is called earlier: milliseconds. */
export const LONGEST_PAUSE = 3_600_000

/**
 * The delay before the next attempt: exponential backoff with jitter, so that clients that failed together do not
 * retry together.
 *
 * @param failures how many attempts have failed so far, from 1
 * @param random from 0 inclusive to 1 exclusive
 * @returns milliseconds
 */
export function backoffDelay(failures: number, { first, most, jitter = 0.5 }: Backoff, random: () => number): number {
  const longest = Math.min(most, first * 2 ** (failures - 1))
  return longest * (1 - jitter + jitter * random())
}
