import type { ProcessorStatus, RangeStatus } from './status.ts'

/** The health of a worker, and the reason. */
export type Health = {
  readonly status: 'ok' | 'stopped' | 'stalled' | 'waiting' | 'unowned'
  /** The ranges that cause its poor health. */
  readonly ranges: readonly RangeStatus[]
}

/**
 * Judges a processor by its status. It is unhealthy if it no longer runs, if a range that it owns is stalled, or waits
 * for its destination, or if a range of its projections has been unowned for longer than the options allow. Only the
 * owner of a stalled range is unhealthy; restarting the others would not help. A paused projection is healthy.
 *
 * @param now milliseconds since 1970
 */
export function healthOf(status: ProcessorStatus, now: number): Health {
  const { workerId, running, unownedAfter, ranges } = status
  if (!running) return { status: 'stopped', ranges }
  const active = ranges.filter(({ pausedSince }) => pausedSince === null)
  for (const trouble of ['stalled', 'waiting'] as const) {
    const troubled = active.filter(({ state, owner }) => state === trouble && owner === workerId)
    if (troubled.length > 0) return { status: trouble, ranges: troubled }
  }
  const unowned = active.filter(
    ({ unownedSince }) => unownedSince !== null && now - Date.parse(unownedSince) >= unownedAfter,
  )
  return unowned.length > 0 ? { status: 'unowned', ranges: unowned } : { status: 'ok', ranges: [] }
}

/**
 * Whether a processor is ready: it runs, can read the leases, and each range of its projections is owned by some
 * worker. A standby worker owns none itself and is ready, too.
 */
export const isReady = ({ running, leases, ranges }: ProcessorStatus): boolean =>
  running && leases === null && ranges.length > 0 && ranges.every(({ owner }) => owner !== null)
