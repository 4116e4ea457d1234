// How long a lease lasts: everything else is a matter of how it compares with that. The shorter it is, and the more
// seldom leases are looked at, the fewer steps a run takes.
const lease = 3_000

/** Times of a simulation, in virtual milliseconds. */
export const PACE = {
  lease,
  /** Between two looks at the leases. */
  poll: lease / 3,
  /** Between two renewals of a lease. */
  renew: lease / 2,
  /** How long faults go on, at least and at most. */
  shortest: lease / 3,
  longest: 4 * lease,
  /** By how much clocks differ at most: what leases allow, a fifth of their duration. */
  skew: lease / 5,
  /** How late a call, or its answer, comes at most. */
  late: 1.2 * lease,
  /** Until another process is there after one that ended. */
  restart: lease,
  pause: 3 * lease,
  outage: 2 * lease,
} as const
