import type { MetricsHistory } from '../history/history.ts'
import type { RecentEvent, WatchCost } from '../model/operations.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** What watches one storage: it takes a snapshot in each beat, and adds its numbers to a history. */
export type Sampler = AsyncDisposable & {
  /** Milliseconds between two snapshots. */
  readonly every: number
  readonly history: MetricsHistory
  /** The latest snapshot; null before the first one. */
  latest(): Snapshot | null
  /** Calls back after each snapshot. The returned function ends it. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  /** Follows the feed for recent events, which costs reads of it. The returned function ends that. */
  watchEvents(): () => void
  /** The newest events since they have been watched, at most 100; newest first. */
  recentEvents(): readonly RecentEvent[]
  cost(): WatchCost
  /** Ends sampling. It leaves the storage open, and does not wait for what hangs. */
  close(): Promise<void>
}
