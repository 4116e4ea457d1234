import { intervalText } from '../../../core/positions/hash-interval.ts'
import type { RangeSummary } from '../../../processor/versions/listing/list-versions.ts'
import type { Subject } from '../../model/alert.ts'
import type { ObservedVersion, Snapshot } from '../../model/snapshot.ts'

/** The versions whose progress matters: not paused by an operator, and neither old nor about to be removed. */
export const judgedVersions = ({ versions }: Snapshot): readonly ObservedVersion[] | null =>
  versions?.filter(({ paused, role }) => paused === null && role !== 'old' && role !== 'dropping') ?? null

/** The versions that readers see, unless they are paused. A version that is being built is behind by nature. */
export const activeVersions = ({ versions }: Snapshot): readonly ObservedVersion[] | null =>
  versions?.filter(({ paused, role }) => paused === null && role === 'active') ?? null

type Version = Pick<ObservedVersion, 'projection' | 'version'>

/** As the pages say it: `meter-overview v3`. */
export const versionText = ({ projection, version }: Version): string => `${projection} v${version}`

export const versionSubject = ({ projection, version }: Version): Subject => ({
  kind: 'projection',
  id: `${projection}:${version}`,
})

export const rangeSubject = ({ projection, version }: Version, { range }: Pick<RangeSummary, 'range'>): Subject => ({
  kind: 'range',
  id: `${projection}:${version} ${intervalText(range)}`,
})

/** Milliseconds since the oldest event that waits was recorded; 0 if none waits. @param now milliseconds since 1970 */
export function oldestAge({ ranges }: Pick<ObservedVersion, 'ranges'>, now: number): number {
  let age = 0
  for (const { oldest } of ranges) if (oldest !== null) age = Math.max(age, now - Date.parse(oldest))
  return age
}
