/** What several repetitions of one figure come to. */
export type Summary = {
  readonly median: number
  /** The lowest and the highest of the repetitions. */
  readonly low: number
  readonly high: number
}

/** The middle one of the values, or the mean of the two in the middle. @throws RangeError when there are none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('The median of nothing')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/**
 * The smallest of the values that at least `share` of them do not exceed (nearest rank: always a value that occurred).
 *
 * @param share above 0, up to 1
 * @throws RangeError when there are no values
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('A percentile of nothing')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number
}

/** Median, lowest and highest of the repetitions. @throws RangeError when there are none */
export const summarise = (values: readonly number[]): Summary => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
})

/**
 * The ratio of two sides that were measured in turns. Each repetition is compared with its neighbour in time, so that
 * a machine that slows down half way slows both.
 *
 * @throws RangeError when the sides have not as many repetitions as each other, or none
 */
export function ratioOf(side: readonly number[], peer: readonly number[]): Summary {
  if (side.length !== peer.length) throw new RangeError('Both sides of a ratio need the same repetitions')
  return summarise(side.map((value, i) => value / (peer[i] as number)))
}
