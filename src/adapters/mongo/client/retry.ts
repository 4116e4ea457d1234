const FIRST = 10
const LONGEST = 1000

/**
 * How long to wait before a call is made again: twice as long each time, with jitter, so that those who met once do
 * not meet again.
 *
 * @param attempt 0 for the first repeat
 * @param random a number from 0 to below 1
 * @returns milliseconds
 */
export const pauseBefore = (attempt: number, random: number): number =>
  Math.ceil(Math.min(FIRST * 2 ** attempt, LONGEST) * (0.5 + random / 2))
