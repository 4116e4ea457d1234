import { below } from '../../conformance/support/random.ts'

/**
 * The faults that a simulation injects into its workers and their storage, each with the call or moment at which it
 * occurs.
 */
export const FAULT_KINDS = [
  /** The database throttles: `StorageBusy`, without effect. */
  'busy',
  /** A call is lost on its way: `StorageUnavailable`, without effect. */
  'lost',
  /** A response is lost on its way: `StorageUnavailable`, but the call took effect. */
  'answerLost',
  /** A call reaches the database late, or its response arrives late, sometimes later than a lease lasts. */
  'late',
  /** Another writer saves the document first. */
  'conflict',
  /** A page contains fewer events than were requested. */
  'shortPage',
  /** A page begins at an older continuation, so that events are redelivered. */
  'reread',
  /** A read of a stream shows an older state than the feed returned: a lagging replica. */
  'staleRead',
  /** `changed` resolves without a change. */
  'wakeup',
  /** The lease store, or all of the database, cannot be reached for a while. */
  'outage',
  /** A worker pauses for a while, longer than its leases last, and continues as if nothing had happened. */
  'pause',
  /** A worker's process ends at some call; another one starts later. */
  'crash',
  /** A worker stops in order, and another one starts later. */
  'leave',
  /** A worker's clock jumps, as far as workers' clocks may differ. */
  'clockJump',
  /** A handler throws once, and would not if it were called again. */
  'throw',
  /** Handlers throw at an event, until they are fixed. */
  'poison',
  /** A partition is split, and its feed range with it. */
  'split',
  /** Two partitions are merged; the feed ranges stay. */
  'merge',
  /** An operator replays parked sequences in the middle of the run, or does a dry run. */
  'replay',
  /** A stream is deleted, and its events are erased step by step. */
  'deletion',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** Decides when which fault occurs, and counts it. */
export type Faults = {
  /** Whether this kind occurs now. Once the faults are over, none does. */
  strikes(kind: FaultKind): boolean
  /** How often a kind that occurs at moments, not at calls, is to occur in this run. */
  times(kind: FaultKind, most: number): number
  count(kind: FaultKind): void
  /** Ends the faults. */
  end(): void
  readonly over: boolean
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>
}

// The maximum probability that a call is affected; a seed chooses a lower one.
const RATES: Partial<Record<FaultKind, number>> = {
  busy: 0.15,
  lost: 0.15,
  answerLost: 0.15,
  late: 0.1,
  conflict: 0.15,
  shortPage: 0.5,
  reread: 0.3,
  staleRead: 0.5,
  wakeup: 0.3,
  crash: 0.02,
  throw: 0.1,
  poison: 0.3,
}

/**
 * Chooses the faults of one run: some kinds not at all, others rarely or often, because a run with every fault at once
 * hides bugs that show only when a fault occurs alone. (The idea is Groce's swarm testing.)
 */
export function drawFaults(random: () => number, allowed: readonly FaultKind[]): Faults {
  const rates = new Map<FaultKind, number>()
  for (const kind of FAULT_KINDS) {
    const drawn = random() < 0.6 ? random() ** 2 * (RATES[kind] ?? 1) : 0
    rates.set(kind, allowed.includes(kind) ? drawn : 0)
  }
  const counts: Partial<Record<FaultKind, number>> = {}
  let over = false
  const count = (kind: FaultKind) => {
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return {
    strikes(kind) {
      const rate = rates.get(kind) ?? 0
      if (over || rate === 0 || random() >= rate) return false
      count(kind)
      return true
    },
    times: (kind, most) => ((rates.get(kind) ?? 0) === 0 ? 0 : 1 + below(random, most)),
    count,
    end() {
      over = true
    },
    get over() {
      return over
    },
    counts,
  }
}
