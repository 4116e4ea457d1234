import type { StorageHealth } from '../../core/port/storage-health.ts'
import type { WorkerSummary } from '../../processor/status/list-workers.ts'
import type { ProjectionVersion } from '../../processor/versions/listing/projection-versions.ts'
import type { Buckets, DurationName } from './durations.ts'
import type { InstanceReport } from './instance-report.ts'

export type { Buckets, DurationName } from './durations.ts'

// What is known of a running system at one moment. Null means unknown everywhere: it could not be read, and is neither
// good nor bad.

/** A failure, without a stack trace, a secret or a personal value. */
export type Fault = { readonly code: string; readonly message: string }

/** What the storage did when it was last asked. */
export type StorageCondition = {
  /** Whether the last ping succeeded; null before the first one. */
  readonly ok: boolean | null
  /** Milliseconds that it took; null if it failed. */
  readonly ping: number | null
  /** Why it failed. */
  readonly error: Fault | null
  /** How many pings in a row succeeded, or failed, up to this one: one of them is 0. */
  readonly succeeded: number
  readonly failed: number
  readonly health: StorageHealth | null
  /** The adapter: what the URL begins with, without address and secrets. */
  readonly kind: string
  readonly incarnation: string | null
}

/** A projection version as it was seen, with how long it has been behind. */
export type ObservedVersion = ProjectionVersion

/** What is known at one moment. */
export type Snapshot = {
  /** When it was taken, by the clock of the process that took it: milliseconds since 1970. */
  readonly at: number
  /**
   * When it was taken, by a clock of that process that never jumps: milliseconds since any fixed moment. Without it, a
   * jump of the process's clock cannot be distinguished from a time in which it did not run.
   */
  readonly steady?: number
  readonly storage: StorageCondition
  /** The workers that have a document on the storage, expired ones included. */
  readonly workers: readonly WorkerSummary[] | null
  /** All versions of projections and reactions with their ranges. */
  readonly versions: readonly ObservedVersion[] | null
  /** What processes report of themselves, the latest of each. */
  readonly instances: readonly InstanceReport[] | null
  /** How far the clocks of other processes are ahead of this one, by instance, in milliseconds, delays included. */
  readonly skew: { readonly [instance: string]: number }
  /** The shortest lease duration of the workers that are alive, or were when some last were, in milliseconds. */
  readonly leaseDuration: number | null
  /** What was measured since the snapshot before. */
  readonly measured: Measured
}

/**
 * Sums over all processes, between this snapshot and the one before. Null where no process reports it. Processes report
 * less often than snapshots are taken, so each report is spread over the time until the next: counts may be fractions.
 */
export type Measured = {
  /** Seconds since the snapshot before. */
  readonly seconds: number
  readonly appended: number | null
  /** Appends, and those of them that lost to another writer. */
  readonly appends: number | null
  readonly appendConflicts: number | null
  readonly folded: number | null
  /** View saves, and those that lost to another worker. */
  readonly saves: number | null
  readonly viewConflicts: number | null
  readonly leasesLost: number | null
  readonly requestUnits: number | null
  readonly cosmosRequests: number | null
  readonly throttled: number | null
  /** Requests to the API, and those that failed with 5xx. */
  readonly requests: number | null
  readonly failedRequests: number | null
  /** Durations by name, in fixed buckets that merge. */
  readonly durations: { readonly [name in DurationName]?: Buckets }
  /** Bytes by which the storage grew. */
  readonly bytes: number | null
}
