import type { ObservedVersion } from './snapshot.ts'

/** For how long the oldest event of these ranges has been waiting at a time, in milliseconds; null if that is unknown. */
export function oldestAge(ranges: ObservedVersion['ranges'], at: number): number | null {
  const ages = ranges.flatMap(({ behind, oldest }) => {
    if (oldest !== null) return [Math.max(0, at - Date.parse(oldest))]
    return behind === 0 ? [0] : []
  })
  return ages.length === 0 ? null : Math.max(...ages)
}
