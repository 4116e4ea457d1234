/** What is promised: that views are fresh, and that the API does not fail. */
export type Objective = 'freshness' | 'api'

/** What is left of an error budget. */
export type Budget = {
  readonly objective: Objective
  /** The share that must be good. */
  readonly target: number
  /** The share of the budget that is left, 0 to 1; null if nothing is known. */
  readonly left: number | null
  readonly windowDays: number
}
