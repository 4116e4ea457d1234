import type { Clock } from '../core/clock.ts'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { SnapshotOptions } from './state/snapshots.ts'

/** The settings of a repository, all optional. */
export type RepositoryOptions = {
  /** Without it, snapshots are neither taken nor read. */
  readonly snapshots?: SnapshotOptions
  /** How many states are cached in memory, 1,000 by default; false for none. */
  readonly cache?: { readonly max: number } | false
  /** How often a command is run again after a conflict; default 8. */
  readonly retries?: number
  readonly clock?: Clock
  /** The random source for jitter: from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number
  /**
   * For an aggregate with unique values: milliseconds for which an append of another aggregate may be in flight before
   * the value that it claims is taken from it; default 1,000. Its command is then run again; nothing is lost.
   */
  readonly uniqueGrace?: number
  /** Counts and traces appends; by default nothing does. */
  readonly telemetry?: Telemetry
}
