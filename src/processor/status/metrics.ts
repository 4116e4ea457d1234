import { intervalText } from '../../core/positions/hash-interval.ts'
import type { Reading } from '../../core/telemetry/telemetry.ts'
import { attributesOf } from '../pages/page-context.ts'
import type { ProcessorStatus } from './status.ts'

/**
 * The gauges of the ranges that a processor owns. Each worker reports its own, so that nothing counts twice; of a range
 * without an owner, all report that it has none.
 *
 * @param now milliseconds since 1970
 */
export function gaugesOf({ workerId, ranges }: ProcessorStatus, now: number): Reading[] {
  const known = ranges.filter(({ owner }) => owner === workerId || owner === null)
  return known.flatMap(
    ({ owner, projection, version, range, state, behind, oldestAge, parked, pausedSince, waitingSince }) => {
      const attributes = {
        ...attributesOf({ name: projection, version }),
        'tidemark.range': intervalText(range),
      }
      const unowned: Reading = { gauge: 'tidemark.range.unowned', value: owner === null ? 1 : 0, attributes }
      if (owner === null) return [unowned]
      const readings: Reading[] = [
        unowned,
        { gauge: 'tidemark.range.stalled', value: state === 'stalled' && pausedSince === null ? 1 : 0, attributes },
      ]
      readings.push({ gauge: 'tidemark.range.paused', value: pausedSince === null ? 0 : 1, attributes })
      const waiting = waitingSince === null ? 0 : Math.max(0, now - Date.parse(waitingSince)) / 1000
      readings.push({ gauge: 'tidemark.range.waiting', value: waiting, attributes })
      // An unknown value is not reported, because 0 would look healthy.
      if (behind !== null) {
        readings.push({ gauge: 'tidemark.range.behind', value: behind, attributes })
        readings.push({ gauge: 'tidemark.range.oldest', value: (oldestAge ?? 0) / 1000, attributes })
      }
      if (parked !== null) readings.push({ gauge: 'tidemark.range.parked', value: parked, attributes })
      return readings
    },
  )
}
