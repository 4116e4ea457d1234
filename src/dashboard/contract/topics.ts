import type { Activity } from '../../operations/model/activity.ts'
import type { Alert, PendingAlert, Silence } from '../../operations/model/alert.ts'
import type { RuleState } from '../../operations/model/evaluation.ts'
import type { Incident } from '../../operations/model/incident.ts'
import type { InstanceKind } from '../../operations/model/instance-report.ts'
import type { Fault } from '../../operations/model/snapshot.ts'

// The tables that are sent live, each with rows by key. Every row is small: whole histories, events and payloads are
// asked for by HTTP. Times are ISO 8601 in UTC, durations in milliseconds, sizes in bytes; null is unknown, and shown grey.

type Table<Row> = { readonly [key: string]: Row }

/** The verdict, and what it is made of. One row: `now`. */
export type OverviewRow = {
  /** `unknown` when what it is judged by is missing or old. */
  readonly verdict: 'healthy' | 'degraded' | 'down' | 'unknown'
  /** Why, in words that name the projection, range, worker or storage: `meter-overview v3 is stalled on 1 of 8 ranges: EventSchemaTooNew`. */
  readonly reason: string
  /** What to do, and the page where it is done: `#/projections/meter-overview/3`. */
  readonly advice: { readonly text: string; readonly href: string } | null
  readonly counts: {
    readonly incidents: number | null
    readonly alerts: number | null
    readonly parked: number | null
    readonly moreParked: boolean
    readonly workers: number | null
  }
  readonly lag: { readonly behind: number | null; readonly oldestAge: number | null }
  /** The share of the error budget that is left, 0 to 1, by objective. */
  readonly budgets: readonly {
    readonly objective: 'freshness' | 'api'
    readonly target: number
    readonly left: number | null
    readonly windowDays: number
  }[]
  /** By service: today and the days before, newest last; null is a gap. */
  readonly availability: readonly {
    readonly service: string
    readonly ratio: number | null
    readonly days: readonly { readonly day: string; readonly ratio: number | null }[]
  }[]
}

export type InstanceRow = {
  readonly id: string
  readonly kind: InstanceKind
  readonly service: string
  /** `silent`: its reports are late, but not yet for long enough. */
  readonly state: 'running' | 'standby' | 'stopping' | 'silent' | 'lost' | 'stopped'
  readonly host: string | null
  readonly pid: number | null
  readonly release: string | null
  readonly startedAt: string | null
  readonly seenAt: string | null
  readonly cpu: number | null
  readonly delay: number | null
  readonly memory: number | null
  readonly skew: number | null
  readonly ranges: number | null
}

export type RangeRow = {
  readonly range: string
  readonly state: string
  readonly owner: string | null
  readonly unownedSince: string | null
  readonly position: number | null
  readonly behind: number | null
  readonly oldest: string | null
  readonly rate: number | null
  readonly progressAt: string | null
  readonly failing: { readonly since: string; readonly attempts: number; readonly nextAttempt: string } | null
  readonly parked: number | null
  readonly error: Fault | null
}

/** By `<projection>:<version>`. */
export type ProjectionRow = {
  readonly projection: string
  readonly version: number
  readonly kind: 'projection' | 'reaction' | 'group' | 'unknown'
  readonly role: 'active' | 'building' | 'standby' | 'old' | 'dropping'
  readonly paused: string | null
  readonly behind: number | null
  readonly oldestAge: number | null
  readonly rate: number | null
  /** Milliseconds until it has caught up. */
  readonly left: number | null
  readonly parked: number | null
  readonly moreParked: boolean
  /** The worst state of its ranges, and how many ranges are in each. */
  readonly state: string
  readonly states: { readonly [state: string]: number }
  readonly owners: readonly string[]
  readonly error: Fault | null
  /** Whether this dashboard loaded its code, so that it can be replayed and stepped. */
  readonly loaded: boolean
}

/** By `<projection>:<version> <range>`. */
export type ProjectionRangeRow = RangeRow & { readonly projection: string; readonly version: number }

/** By `<projection>:<version> <key>`; at most 200 of a version. */
export type ParkedRow = {
  readonly projection: string
  readonly version: number
  readonly key: string
  readonly since: string
  readonly attempts: number
  readonly error: Fault
  readonly event: { readonly streamId: string; readonly version: number }
  readonly waiting: number
}

export type AlertRow = Alert & { readonly silenced: boolean; readonly runbook: string }

export type PendingRow = PendingAlert

export type RuleRow = RuleState & { readonly runbook: string }

export type IncidentRow = Omit<Incident, 'timeline'>

/** One row: `storage`. */
export type StorageRow = {
  readonly kind: string
  readonly ok: boolean | null
  readonly ping: number | null
  readonly error: Fault | null
  readonly incarnation: string | null
  readonly bytes: number | null
  readonly disk: { readonly free: number; readonly total: number } | null
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly walBytes: number }[]
  readonly ranges: number | null
  /** What watching costs: reads a minute, and request units a minute where the database counts them. */
  readonly watching: {
    readonly readsPerMinute: number
    readonly requestUnitsPerMinute: number | null
    readonly everyMs: number
  }
  readonly ops: { readonly kind: string; readonly error: Fault | null; readonly bytes: number | null }
}

/** The newest events while a page shows them, by `<stream>@<version>`; at most 100, without payloads. */
export type RecentEventRow = {
  readonly streamId: string
  readonly version: number
  readonly type: string
  readonly id: string
  readonly recordedAt: string
}

/** One row: `chain`. */
export type IntegrityRow = {
  /** In blocks. */
  readonly size: number | null
  /** When the last block was written. */
  readonly sealedTo: string | null
  /** When the last block in the newest signed head was written. */
  readonly headAt: string | null
  readonly anchored: {
    readonly anchor: string
    /** How many blocks the head has that it keeps, and when the first one was written that is not in it. */
    readonly size: number | null
    readonly at: string | null
    readonly error: Fault | null
  }[]
  readonly state: 'ok' | 'diverged' | 'foreign' | 'unknown'
  readonly detail: string
}

/** One row: `vault`. */
export type PrivacyRow = {
  readonly state: 'ok' | 'late' | 'unknown'
  readonly forgotten: number | null
  readonly pending: number | null
  readonly lateSince: string | null
  readonly detail: string
}

/** By the name and version: the rules of `tidemark/rules` whose code was loaded, and each of their effects. */
export type DomainRuleRow = {
  /** Of an effect: `<rule>.<effect>`. */
  readonly name: string
  readonly version: number
  readonly on: string
  /** The reaction that runs it, and the version of that, which is not the one of the rule; null if it was never started. */
  readonly projection: string | null
  readonly projectionVersion?: number
  readonly behind: number | null
  readonly parked: number | null
  readonly state: string | null
}

export type Topics = {
  overview: Table<OverviewRow>
  instances: Table<InstanceRow>
  projections: Table<ProjectionRow>
  ranges: Table<ProjectionRangeRow>
  parked: Table<ParkedRow>
  alerts: Table<AlertRow>
  pending: Table<PendingRow>
  rules: Table<RuleRow>
  silences: Table<Silence>
  incidents: Table<IncidentRow>
  activity: Table<Activity>
  storage: Table<StorageRow>
  recent: Table<RecentEventRow>
  integrity: Table<IntegrityRow>
  privacy: Table<PrivacyRow>
  domainRules: Table<DomainRuleRow>
}

export type TopicName = keyof Topics
