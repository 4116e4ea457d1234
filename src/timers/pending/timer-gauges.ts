import { reused } from '../../core/async/reused.ts'
import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { Reading } from '../../core/telemetry/telemetry.ts'
import { isDueAt } from './due-timers.ts'
import { type IndexStorage, TIMERS, TIMERS_VERSION } from './pending-index.ts'
import { filtersOf } from './range-filters.ts'

/** Milliseconds after which a timer that is due is overdue. */
export const OVERDUE_AFTER = 60_000

// Milliseconds for which a result is used again: the database counts every pending timer.
const FRESH = 30_000

/**
 * Creates a function that counts the timers of some feed ranges, and those that are overdue.
 *
 * @param ranges those that this process fires the timers of: each worker counts its own
 */
export function createTimerGauges(
  { viewStore }: Pick<IndexStorage, 'viewStore'>,
  clock: Pick<Clock, 'now'>,
  ranges: () => readonly FeedRange[],
): () => Promise<readonly Reading[]> {
  async function read(): Promise<readonly Reading[]> {
    let [pending, overdue] = [0, 0]
    const which = { projection: TIMERS, version: TIMERS_VERSION }
    for (const where of filtersOf(ranges())) {
      pending += await viewStore.count({ ...which, where })
      overdue += await viewStore.count({ ...which, where: { ...where, ...isDueAt(clock.now() - OVERDUE_AFTER) } })
    }
    return [
      { gauge: 'tidemark.timers.pending', value: pending, attributes: {} },
      { gauge: 'tidemark.timers.overdue', value: overdue, attributes: {} },
    ]
  }

  return reused(clock, FRESH, read)
}
