export type DurationName = 'append' | 'request' | 'save' | 'fold' | 'appendToView'

/** How many durations fell into each bucket. */
export type Buckets = {
  /** Seconds, ascending; always `DURATION_BOUNDARIES`. */
  readonly boundaries: readonly number[]
  /** One more than the boundaries: the last is what was longer than all. */
  readonly counts: readonly number[]
}
