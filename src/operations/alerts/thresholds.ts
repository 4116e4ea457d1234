/** When rules fire and are calm again. Durations in milliseconds, sizes in bytes, shares from 0 to 1. */
export type Thresholds = {
  /** Pings in a row that fail before the storage counts as unavailable. */
  readonly failedPings: number
  /** How long a range may be stalled. */
  readonly stalledFor: number
  /** How long the leases may be unreadable although the storage responds. */
  readonly leasesFor: number
  /** Reports in a row that a process may miss. */
  readonly missedReports: number
  /** Age of the oldest event that waits. */
  readonly lag: {
    readonly warning: number
    readonly warningFor: number
    readonly critical: number
    readonly calm: number
  }
  /** Events that must wait before their growing number matters, and how long it may grow. */
  readonly growing: { readonly least: number; readonly warningFor: number; readonly criticalFor: number }
  /** How long sequences may be parked before that is critical. */
  readonly parkedFor: number
  /** How many sequences parked within how long are a storm. */
  readonly storm: { readonly sequences: number; readonly within: number }
  /** The shares of appends and saves that may lose to another writer, and how long they may be exceeded. */
  readonly conflicts: { readonly appends: number; readonly views: number; readonly for: number }
  /** The share of throttled requests. */
  readonly throttled: {
    readonly warning: number
    readonly warningFor: number
    readonly critical: number
    readonly calm: number
  }
  /** The share of the disk that is free, and the time until it is full. */
  readonly disk: {
    readonly warning: number
    readonly critical: number
    /** How much more must be free before it is calm. */
    readonly above: number
    readonly fullWithin: number
  }
  /** The size of a write-ahead log. */
  readonly wal: { readonly warning: number; readonly for: number; readonly calm: number }
  /** The difference of two clocks as a share of the lease duration, and how long it may last. */
  readonly skew: { readonly warning: number; readonly critical: number; readonly for: number }
  /** The delay of an event loop. */
  readonly eventLoop: { readonly warning: number; readonly for: number }
  /** The time in which no lease may be lost. */
  readonly churnWithin: number
  /** The targets of the objectives, and the age of an event up to which views are fresh. */
  readonly slo: { readonly freshness: number; readonly api: number; readonly freshWithin: number }
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const MEGABYTE = 1_000_000

/** The thresholds unless others are given. */
export const DEFAULT_THRESHOLDS: Thresholds = {
  failedPings: 3,
  stalledFor: MINUTE,
  leasesFor: MINUTE,
  missedReports: 3,
  lag: { warning: 60 * SECOND, warningFor: 5 * MINUTE, critical: 10 * MINUTE, calm: 30 * SECOND },
  growing: { least: 100, warningFor: 15 * MINUTE, criticalFor: HOUR },
  parkedFor: HOUR,
  storm: { sequences: 10, within: 10 * SECOND },
  conflicts: { appends: 0.5, views: 0.2, for: 10 * MINUTE },
  throttled: { warning: 0.05, warningFor: 5 * MINUTE, critical: 0.2, calm: 0.02 },
  disk: { warning: 0.15, critical: 0.05, above: 0.03, fullWithin: 24 * HOUR },
  wal: { warning: 128 * MEGABYTE, for: 5 * MINUTE, calm: 64 * MEGABYTE },
  skew: { warning: 1 / 10, critical: 1 / 5, for: MINUTE },
  eventLoop: { warning: 200, for: MINUTE },
  churnWithin: 10 * MINUTE,
  slo: { freshness: 0.999, api: 0.999, freshWithin: 5 * SECOND },
}

/** Thresholds that differ from the defaults. */
export type ThresholdOptions = {
  readonly [Name in keyof Thresholds]?: Thresholds[Name] extends number ? number : Partial<Thresholds[Name]>
}
