import type { WorkerLoad } from '../../processor/workers/worker-load.ts'
import type { Buckets, DurationName } from './durations.ts'

/** What a process is. */
export type InstanceKind = 'worker' | 'api' | 'dashboard' | (string & {})

/** What a process reports of itself every few seconds, so that a dashboard needs no connection to it. */
export type InstanceReport = {
  /** Unique among running processes: the worker's id, or host and pid. */
  readonly id: string
  readonly kind: InstanceKind
  /** What it belongs to, for instance the name of the API; availability is shown for each service. */
  readonly service: string
  readonly host: string
  readonly pid: number
  readonly release: string | null
  /** ISO 8601 in UTC, by its own clock. */
  readonly startedAt: string
  readonly reportedAt: string
  /** Milliseconds between two reports. */
  readonly every: number
  /** Set by its last report, when it stopped in good order. */
  readonly stoppedAt: string | null
  readonly load: WorkerLoad | null
  /** Resident bytes. */
  readonly memory: number | null
  /** Sums since it started, by name; see `TOTALS`. */
  readonly totals: { readonly [name in TotalName]?: number }
  /** Durations since it started. */
  readonly durations: { readonly [name in DurationName]?: Buckets }
}

/** What is summed, and from which measurement. */
export type TotalName =
  | 'appended'
  | 'appends'
  | 'appendConflicts'
  | 'folded'
  | 'saves'
  | 'viewConflicts'
  | 'leasesLost'
  | 'requestUnits'
  | 'cosmosRequests'
  | 'throttled'
  | 'requests'
  | 'failedRequests'
