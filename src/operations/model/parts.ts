import type { JsonObject } from '../../core/json/json.ts'
import type { Alert } from './alert.ts'
import type { Budget } from './budget.ts'
import type { Evaluation } from './evaluation.ts'
import type { History, RecentEvent, WatchCost } from './operations.ts'
import type { Snapshot } from './snapshot.ts'

// What operations are made of, so that each part can be built and tested without the others.

/** The minutes of one series as they are stored between two runs: little JSON, one document for each series. */
export type SavedSeries = JsonObject & { readonly name: string }

/** A history that outlives its process. */
export type SavedHistory = History & {
  /** The minutes of all series; each at most 64 kB of JSON. */
  save(): readonly SavedSeries[]
  /** Takes over minutes that an earlier run saved. What is not understood is ignored. */
  load(saved: readonly SavedSeries[]): void
}

/** What looks at the storage every few seconds. */
export type Sampler = {
  /** Milliseconds between two snapshots. */
  readonly every: number
  readonly history: SavedHistory
  /** The latest snapshot; null before the first one. */
  latest(): Snapshot | null
  /** Calls back with each new snapshot. The returned function ends it. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  watchEvents(): () => void
  recentEvents(): readonly RecentEvent[]
  cost(): WatchCost
  close(): Promise<void>
}

/** What judges snapshots by the rules. */
export type Evaluator = {
  /** @param open the alerts that are firing or flapping, according to what is stored */
  evaluate(snapshot: Snapshot, open: readonly Alert[]): Evaluation
  /** The minutes that the burn rates are computed from. */
  save(): JsonObject
  /** Takes over what an earlier run saved. What is not understood is ignored. */
  load(saved: JsonObject): void
  /** What is left of the error budgets. */
  budgets?(): readonly Budget[]
}
