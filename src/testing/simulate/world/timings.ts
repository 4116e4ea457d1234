// How long a lease lasts: all other times are relative to it. The shorter it is, and the more rarely leases are
// checked, the fewer steps a run takes.
const lease = 3_000

/** Times of a simulation, in virtual milliseconds. */
export const PACE = {
  lease,
  /** Between two checks of the leases. */
  poll: lease / 3,
  /** Between two renewals of a lease. */
  renew: lease / 2,
  /** The minimum and maximum duration of the faults. */
  shortest: lease / 3,
  longest: 4 * lease,
  /** The maximum difference between clocks: what leases allow, a fifth of their duration. */
  skew: lease / 5,
  /** The maximum delay of a call, or of its response. */
  late: 1.2 * lease,
  /** The time until another process replaces one that ended. */
  restart: lease,
  pause: 3 * lease,
  outage: 2 * lease,
} as const
