// An alert is the combination of a rule and a subject. Its fingerprint is made of both, never of its message.

export type Severity = 'critical' | 'warning'

export type RuleName =
  | 'StorageUnavailable'
  | 'RangeStalled'
  | 'RangeUnowned'
  | 'LeasesUnreachable'
  | 'InstanceLost'
  | 'LagHigh'
  | 'LagGrowing'
  | 'SequenceParked'
  | 'ParkStorm'
  | 'Conflicts'
  | 'Throttled'
  | 'DiskNearlyFull'
  | 'WalTooLarge'
  | 'ClockSkew'
  | 'EventLoop'
  | 'LeaseChurn'
  | 'SloBurn'

/** What a rule is about: `meter-overview:3`, `meter-overview:3 4000-8000`, `file:./data`, `a:71`. */
export type Subject = {
  readonly kind: 'storage' | 'range' | 'projection' | 'instance' | 'service' | 'disk' | 'file'
  readonly id: string
}

/** A rule and a subject, as they are identified everywhere: `<rule>/<subject kind>/<subject id>`. */
export type Fingerprint = string

/** Where an alert is. `pending` is kept in memory only; `flapping` stays open until it has been calm for 30 minutes. */
export type AlertState = 'pending' | 'firing' | 'flapping' | 'resolved'

/** An alert that fires, or did. Times are ISO 8601 in UTC. */
export type Alert = {
  readonly fingerprint: Fingerprint
  readonly rule: RuleName
  readonly subject: Subject
  readonly state: Exclude<AlertState, 'pending'>
  readonly severity: Severity
  /** One sentence in plain words, with numbers, without secrets and personal values. */
  readonly message: string
  readonly startedAt: string
  readonly changedAt: string
  readonly resolvedAt: string | null
  /** The incident that it belongs to. */
  readonly incident: string | null
}

/** An alert whose condition holds, but not yet for long enough. */
export type PendingAlert = {
  readonly fingerprint: Fingerprint
  readonly rule: RuleName
  readonly subject: Subject
  readonly severity: Severity
  readonly message: string
  readonly since: string
  /** When it fires unless its condition ends. */
  readonly firesAt: string
}

/** Hides notices of alerts, never their state. */
export type Silence = {
  readonly id: string
  /** All must match; a text matches as a whole, `*` stands for any characters. */
  readonly matchers: { readonly rule?: string; readonly subject?: string; readonly severity?: Severity }
  readonly by: string
  readonly reason: string
  readonly since: string
  readonly until: string
  readonly endedAt: string | null
}
