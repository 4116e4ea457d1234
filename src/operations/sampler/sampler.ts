import type { MetricsHistory } from '../history/history.ts'
import type { RecentEvent, WatchCost } from '../model/operations.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** What watches one storage: it takes a snapshot in each beat, and adds its numbers to a history. */
export type Sampler = AsyncDisposable & {
  /** The latest snapshot; null before the first one. */
  latest(): Snapshot | null
  /** Milliseconds between two snapshots. */
  readonly every: number
  readonly history: MetricsHistory
  /** Calls back after each snapshot. The returned function ends it. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  /** Whether somebody looks at recent events, which costs reads of the feed. The returned function ends it. */
  watchEvents(): () => void
  /** The newest events while somebody looks, at most 100; newest first. */
  recentEvents(): readonly RecentEvent[]
  cost(): WatchCost
  /** Ends sampling, and waits for what is being read. It leaves the storage open. */
  close(): Promise<void>
}
