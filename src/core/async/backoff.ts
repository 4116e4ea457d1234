/** How pauses between attempts grow. */
export type Pauses = {
  /** Milliseconds before the second attempt. */
  readonly first: number
  /** Milliseconds that no pause goes beyond. */
  readonly most: number
}

/**
 * The pause before the next attempt: doubled with each failure, then somewhere between half of that and all of it, so
 * that those who failed together do not come back together.
 *
 * @param failures how many attempts failed so far, from 1
 * @param random from 0 inclusive to 1 exclusive
 * @returns milliseconds
 */
export function pauseAfter(failures: number, { first, most }: Pauses, random: () => number): number {
  const full = Math.min(most, first * 2 ** (failures - 1))
  return full / 2 + (full / 2) * random()
}
