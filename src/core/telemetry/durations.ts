/**
 * The boundaries of the buckets in which durations are counted, in seconds: those that OpenTelemetry's conventions
 * recommend, and finer ones, because folding takes microseconds. A duration that equals one belongs below it.
 */
export const DURATION_BOUNDARIES: readonly number[] = [
  0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]
