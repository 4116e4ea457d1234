import type { Fingerprint, PendingAlert, RuleName, Severity, Subject } from './alert.ts'

/** What an evaluation decided about one alert; it is recorded as an event of that alert. */
export type AlertChange = {
  readonly type: 'AlertFired' | 'AlertEscalated' | 'AlertEased' | 'AlertFlapping' | 'AlertResolved'
  readonly fingerprint: Fingerprint
  readonly rule: RuleName
  readonly subject: Subject
  readonly severity: Severity
  readonly message: string
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What a rule said at the last evaluation. */
export type RuleState = {
  readonly rule: RuleName
  readonly state: 'quiet' | 'pending' | 'firing' | 'unknown'
  /** Of how many subjects its condition holds now, however long. */
  readonly wouldFire: number
  /** Of how many subjects nothing is known. */
  readonly unknown: number
}

/** The result of one evaluation of all rules. */
export type Evaluation = {
  readonly changes: readonly AlertChange[]
  readonly pending: readonly PendingAlert[]
  readonly rules: readonly RuleState[]
  /** Milliseconds before this evaluation in which nothing was evaluated; null if it followed the last one in time. */
  readonly gap?: number | null
}
