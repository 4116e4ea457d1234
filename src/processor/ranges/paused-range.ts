import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Lease } from '../leases/lease.ts'
import type { Progress } from './throughput.ts'

/** What a paused range needs. */
export type PausedRange = {
  readonly storage: Pick<StoragePort, 'feed' | 'incarnation'>
  readonly clock: Clock
  readonly range: FeedRange
  readonly lease: Lease
  readonly progress: Progress
  /** Ends the pause, or the work. */
  readonly signal: AbortSignal
}

// Milliseconds between looks at how far a paused range is behind: it need not be fresh.
const LOOK = 10_000

/**
 * Holds a range while its projection is paused: reads no events, and keeps the lag up to date for this worker and, through
 * the lease, for others. It first stores in the lease that the range is paused, and so that its last page is done.
 *
 * @throws what the feed and the lease throw; it can be called again
 */
export async function watchLag({ storage, clock, range, lease, progress, signal }: PausedRange): Promise<void> {
  await lease.save()
  while (!signal.aborted && lease.check()) {
    // What was derived from another incarnation is of no use, so that everything waits.
    const from = lease.incarnation === storage.incarnation ? lease.continuation : null
    const { events, oldest } = await storage.feed.lag(range, from ?? 'start')
    const { behind } = progress.lag
    progress.paused({ behind: events, oldest })
    if (events !== behind) await lease.save()
    await clock.sleep(LOOK, signal)
  }
}
