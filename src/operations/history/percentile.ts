import type { Buckets } from '../model/durations.ts'

/**
 * The duration, in seconds, that a share of all durations does not exceed, interpolated within its bucket; null without
 * durations. What is longer than the last boundary counts as that long.
 *
 * @param p the share, 0 to 1
 */
export function percentile({ boundaries, counts }: Buckets, p: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total <= 0) return null
  const wanted = p * total
  let before = 0
  for (const [i, count] of counts.entries()) {
    const upper = boundaries[i]
    if (upper === undefined) break
    const lower = boundaries[i - 1] ?? 0
    if (count > 0 && before + count >= wanted) return lower + ((upper - lower) * (wanted - before)) / count
    before += count
  }
  return boundaries.at(-1) ?? null
}
