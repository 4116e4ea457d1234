import type { ProcessorStatus, RangeStatus } from './status.ts'

/** How a worker is, in a word, and why. */
export type Health = {
  readonly status: 'ok' | 'stopped' | 'stalled' | 'unowned'
  /** The ranges that it is not well for. */
  readonly ranges: readonly RangeStatus[]
}

/**
 * Judges a processor by its status. It is not well when it no longer runs, when a range that it holds is stalled, or
 * when a range of its projections has been nobody's for longer than the options allow. A range that is stalled with
 * another worker makes that one ill: to restart all of them would help nobody.
 *
 * @param now milliseconds since 1970
 */
export function healthOf(status: ProcessorStatus, now: number): Health {
  const { workerId, running, unownedAfter, ranges } = status
  if (!running) return { status: 'stopped', ranges }
  const stalled = ranges.filter(({ state, owner }) => state === 'stalled' && owner === workerId)
  if (stalled.length > 0) return { status: 'stalled', ranges: stalled }
  const unowned = ranges.filter(
    ({ unownedSince }) => unownedSince !== null && now - Date.parse(unownedSince) >= unownedAfter,
  )
  return unowned.length > 0 ? { status: 'unowned', ranges: unowned } : { status: 'ok', ranges: [] }
}

/**
 * Whether a processor has begun in earnest: it runs, can look at the leases, and each range of its projections is held
 * by some worker. One that is there for the day when another one fails holds none itself and is ready all the same.
 */
export const isReady = ({ running, leases, ranges }: ProcessorStatus): boolean =>
  running && leases === null && ranges.length > 0 && ranges.every(({ owner }) => owner !== null)
