import { intervalText } from '../../../core/positions/hash-interval.ts'
import type { RangeSummary } from '../../../processor/versions/listing/list-versions.ts'
import { durationText } from '../../words/amounts.ts'
import type { Look } from '../look/look.ts'
import type { Reading } from '../state/streak.ts'
import type { Thresholds } from '../thresholds.ts'
import { judgedVersions, rangeSubject, versionText } from './judged-versions.ts'
import { heldFor, type Rule } from './rule.ts'

/** A range fails, or makes no progress, or waits for the destination of its reaction. */
export function rangeStalled({ stalledFor }: Thresholds): Rule {
  return {
    words: {
      rule: 'RangeStalled',
      description:
        'A range fails repeatedly, is behind without progress, or waits for the destination of its reaction.',
      fires: `for ${durationText(stalledFor)}; a range that waits, and a version that is not active: warning`,
      clears: 'it makes progress, or its version is paused',
      severity: 'critical',
    },
    holdFor: heldFor(stalledFor),
    observe: ({ snapshot }) =>
      judgedVersions(snapshot)?.flatMap((version) =>
        version.ranges.map((range) => {
          const reading = READINGS[range.state] ?? 'calm'
          const isMild = version.role !== 'active' || range.state === 'waiting'
          return {
            subject: rangeSubject(version, range),
            warning: reading,
            critical: isMild && reading === 'holds' ? 'calm' : reading,
            message() {
              const what = range.state === 'waiting' ? 'waits for its destination' : 'is stalled'
              const cause = range.error === null ? '' : `: ${range.error.code}`
              const owner = range.owner === null ? '' : ` (owner ${range.owner})`
              return `${versionText(version)} ${what} on range ${intervalText(range.range)}${owner}${cause}`
            },
          }
        }),
      ) ?? null,
  }
}

// Only its owner knows the state of a range.
const READINGS: { readonly [state in RangeSummary['state']]?: Reading } = {
  stalled: 'holds',
  waiting: 'holds',
  unowned: 'unknown',
}

// Twice the default lease duration, in milliseconds, as the health check of workers.
const UNOWNED_AFTER = 30_000

/**
 * No worker owns a range.
 *
 * @param unownedAfter milliseconds for which a range may be unowned; by default twice the lease duration
 */
export function rangeUnowned(unownedAfter: number | undefined): Rule {
  return {
    words: {
      rule: 'RangeUnowned',
      description: 'No worker owns a range.',
      fires: `for ${unownedAfter === undefined ? 'twice the lease duration' : durationText(unownedAfter)}; a version that is being built: warning`,
      clears: 'a worker owns it, or its version is paused',
      severity: 'critical',
    },
    holdFor({ snapshot: { leaseDuration } }) {
      const patience = unownedAfter ?? (leaseDuration === null ? UNOWNED_AFTER : 2 * leaseDuration)
      return { warning: patience, critical: patience }
    },
    observe(look) {
      const versions = judgedVersions(look.snapshot)?.filter(({ role }) => role !== 'standby')
      if (versions === undefined) return null
      return versions.flatMap((version) =>
        version.ranges.map((range) => {
          const reading = isOwned(range, look) ? 'calm' : 'holds'
          return {
            subject: rangeSubject(version, range),
            warning: reading,
            critical: version.role === 'active' ? reading : 'calm',
            message() {
              const last = range.owner === null ? '' : `; the last owner was ${range.owner}`
              return `No worker owns range ${intervalText(range.range)} of ${versionText(version)}${last}`
            },
          }
        }),
      )
    },
  }
}

/** A lease lasts by the clock of its owner. */
const isOwned = ({ owner, expiresAt }: RangeSummary, look: Look): boolean =>
  owner !== null && expiresAt > look.clockOf(owner)
