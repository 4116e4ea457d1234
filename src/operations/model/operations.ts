import type { Activity, Availability, OperatorAct } from './activity.ts'
import type { Alert, PendingAlert, Silence } from './alert.ts'
import type { Budget } from './budget.ts'
import type { RuleState } from './evaluation.ts'
import type { Incident } from './incident.ts'
import type { Fault, Snapshot } from './snapshot.ts'

/** What changed, so that a reader can look again. */
export type OperationsChange = 'snapshot' | 'alerts' | 'incidents' | 'silences' | 'activity'

/** What is watched, decided and remembered of one storage. */
export type Operations = AsyncDisposable & {
  /** The latest snapshot; null before the first one. */
  snapshot(): Snapshot | null
  /** Milliseconds between two snapshots. */
  readonly every: number
  readonly history: History
  /** What watching the storage costs. */
  cost(): WatchCost
  /** Follows the feed for recent events, which costs reads of it. The returned function ends that. */
  watchEvents(): () => void
  /** The newest events since they have been watched; newest first. */
  recentEvents(): readonly RecentEvent[]
  /** Alerts that are firing or flapping. */
  alerts(): readonly Alert[]
  pending(): readonly PendingAlert[]
  rules(): readonly RuleState[]
  /** What is left of the error budgets. */
  budgets(): readonly Budget[]
  silences(): readonly Silence[]
  /** Whether an alert is silenced now. */
  isSilenced(alert: Pick<Alert, 'rule' | 'subject' | 'severity'>): boolean
  /** Incidents that are not resolved. */
  openIncidents(): readonly Incident[]
  incidents(options?: { readonly before?: string; readonly limit?: number }): Promise<Page<Incident>>
  incident(id: string): Promise<Incident | undefined>
  /** @throws IncidentNotFound, IncidentClosed, InvalidOption */
  acknowledge(id: string, who: string): Promise<void>
  /** Also of a resolved one; 1 to 2,000 characters. @throws IncidentNotFound, InvalidOption */
  note(id: string, who: string, note: string): Promise<void>
  /** Alerts that are still firing do not open it again. @throws IncidentNotFound, IncidentClosed, InvalidOption */
  resolve(id: string, who: string): Promise<void>
  /** @returns the silence's id. @throws InvalidOption */
  silence(silence: Pick<Silence, 'matchers' | 'by' | 'reason' | 'until'>): Promise<string>
  /** @throws SilenceNotFound, InvalidOption */
  endSilence(id: string, who: string): Promise<void>
  activity(options?: { readonly before?: string; readonly limit?: number }): Promise<Page<Activity>>
  /** The last days, at most 90, by service and day. */
  availability(days: number): Promise<readonly Availability[]>
  /** Never fails, and takes at most 2 seconds: what cannot be stored now is stored later. */
  recordAct(act: OperatorAct): Promise<void>
  /** The state of its own storage: why it does not respond, or refuses what should be stored; null if it does not. */
  ops(): { readonly error: Fault | null; readonly kind: string; readonly bytes: number | null }
  /** Calls back after something changed, at most once for each of its kinds in a turn. The returned function ends it. */
  subscribe(listener: (changes: ReadonlySet<OperationsChange>) => void): () => void
  /** Ends sampling and evaluating, and waits for what is being stored. */
  close(): Promise<void>
}

/** What watching a storage costs. */
export type WatchCost = {
  /** Calls of the storage in the last minute, those of a feed that is watched included. */
  readonly readsPerMinute: number
  /** Null where the database charges none, or nothing counts them. */
  readonly requestUnitsPerMinute: number | null
  readonly everyMs: number
}

export type RecentEvent = {
  readonly streamId: string
  readonly version: number
  readonly type: string
  readonly id: string
  readonly recordedAt: string
}

export type Page<Row> = { readonly rows: readonly Row[]; readonly next: string | null }

/** The history of numbers: rings of 10 minutes by second, 6 hours by 10 seconds, and 2 days by minute. */
export type History = {
  /** The names of the series that it has. */
  names(): readonly string[]
  /** @param t milliseconds since 1970; null values are unknown */
  add(t: number, values: { readonly [name: string]: number | null }): void
  /**
   * Values from a time on, in the finest ring that reaches back that far and whose step is at least `step`.
   *
   * @param step seconds
   */
  read(
    name: string,
    from: number,
    step: number,
  ): {
    readonly from: number
    readonly step: number
    readonly average: readonly (number | null)[]
    readonly maximum: readonly (number | null)[]
  }
}
