import type { Alert, Severity } from './alert.ts'

/** What happened to an incident, in order. */
export type IncidentEntry =
  | { readonly type: 'Opened' | 'Reopened'; readonly at: string }
  | {
      readonly type: 'AlertJoined' | 'AlertEscalated' | 'AlertEased' | 'AlertFlapping' | 'AlertResolved'
      readonly at: string
      readonly fingerprint: string
      readonly message: string
    }
  | { readonly type: 'Acknowledged'; readonly at: string; readonly by: string }
  | { readonly type: 'NoteAdded'; readonly at: string; readonly by: string; readonly note: string }
  | {
      readonly type: 'Resolved'
      readonly at: string
      /** Null if it resolved itself. */
      readonly by: string | null
      /** How many of its alerts were still firing. */
      readonly firing: number
    }

/** An incident: alerts that belong together, until all are resolved or a person resolves it. */
export type Incident = {
  readonly id: string
  /** In plain words: the first alert's. */
  readonly title: string
  readonly severity: Severity
  readonly state: 'open' | 'acknowledged' | 'resolved'
  readonly openedAt: string
  readonly resolvedAt: string | null
  readonly acknowledgedBy: string | null
  readonly alerts: readonly Pick<
    Alert,
    'fingerprint' | 'rule' | 'subject' | 'state' | 'severity' | 'message' | 'startedAt'
  >[]
  readonly timeline: readonly IncidentEntry[]
}
