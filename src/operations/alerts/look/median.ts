/** The middle of some numbers; of an even count, the one closer to 0. Undefined if there are none. */
export function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  return upper === undefined || lower === undefined || Math.abs(upper) < Math.abs(lower) ? upper : lower
}
