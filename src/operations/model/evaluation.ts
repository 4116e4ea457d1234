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

/** A rule in words, for the table of all rules. */
export type RuleWords = {
  readonly rule: RuleName
  readonly description: string
  readonly fires: string
  readonly clears: string
  /** The highest. */
  readonly severity: Severity
}

/** A rule with what it said at the last evaluation. */
export type RuleState = RuleWords & {
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
