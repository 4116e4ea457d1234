import { isoTime } from '../../../core/iso-time.ts'
import { intervalText } from '../../../core/positions/hash-interval.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { ObservedVersion } from '../../../operations/model/snapshot.ts'
import type { ProjectionRangeRow } from '../../contract/topics.ts'
import { failureOfCode } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import type { TopicSource } from '../topic-source.ts'
import { rowsOfVersions } from './rows-of-versions.ts'

/** The ranges of all projection versions. */
export function ranges(operations: Pick<Operations, 'snapshot'>, payloads: PayloadMode): TopicSource<'ranges'> {
  // Since when a range has had no owner, as far as this dashboard saw.
  const unowned = new Map<string, string>()
  return rowsOfVersions(
    operations,
    (versions, at) => {
      const rows: { [key: string]: ProjectionRangeRow } = {}
      for (const version of versions) {
        for (const range of version.ranges) {
          const text = intervalText(range.range)
          const key = `${version.projection}:${version.version} ${text}`
          if (range.state !== 'unowned') unowned.delete(key)
          else if (!unowned.has(key)) unowned.set(key, isoTime(at))
          rows[key] = ofRange(version, range, { text, unownedSince: unowned.get(key) ?? null, payloads })
        }
      }
      for (const key of unowned.keys()) if (rows[key] === undefined) unowned.delete(key)
      return rows
    },
    unknown,
  )
}

// Without what changes although nothing happens, such as when the lease expires: it would be sent again and again.
function ofRange(
  { projection, version }: ObservedVersion,
  range: ObservedVersion['ranges'][number],
  { text, unownedSince, payloads }: { text: string; unownedSince: string | null; payloads: PayloadMode },
): ProjectionRangeRow {
  const { state, owner, position, behind, oldest, rate, progressAt, failing, parked, error } = range
  return {
    ...{ projection, version, range: text, state, position, behind, oldest, rate, progressAt, parked, unownedSince },
    owner: state === 'unowned' ? null : owner,
    failing: failing && { since: failing.since, attempts: failing.attempts, nextAttempt: failing.nextAttempt },
    error: error && failureOfCode(error, payloads),
  }
}

const unknown = (row: ProjectionRangeRow): ProjectionRangeRow => ({
  ...row,
  ...{ state: 'unknown', owner: null, unownedSince: null, position: null, behind: null },
  ...{ oldest: null, rate: null, progressAt: null, failing: null, parked: null, error: null },
})
