const FIRST = 20
const LONGEST = 2000

/**
 * How long to wait before a request is made again: what the server asks for, else twice as long each time, with
 * jitter, so that those who met once do not meet again.
 *
 * @param attempt 0 for the first repeat
 * @param retryAfter milliseconds that the server asked for
 * @param random a number from 0 to below 1
 * @returns milliseconds
 */
export function pauseBefore(attempt: number, retryAfter: number | undefined, random: number): number {
  if (retryAfter !== undefined && retryAfter > 0) return Math.ceil(retryAfter * (1 + random / 4))
  return Math.ceil(Math.min(FIRST * 2 ** attempt, LONGEST) * (0.5 + random / 2))
}
