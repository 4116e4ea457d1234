import { below } from '../../conformance/support/random.ts'

/** What a simulation lets happen to its workers and their storage, each with the call or moment that it strikes. */
export const FAULT_KINDS = [
  /** The database throttles: `StorageBusy`, nothing was done. */
  'busy',
  /** A call is lost on its way: `StorageUnavailable`, nothing was done. */
  'lost',
  /** An answer is lost on its way: `StorageUnavailable`, but it was done. */
  'answerLost',
  /** A call reaches the database late, or its answer comes late, at times later than a lease lasts. */
  'late',
  /** Somebody else saves the document first. */
  'conflict',
  /** A page holds fewer events than were asked for. */
  'shortPage',
  /** A page begins at an older continuation, so that events come again. */
  'reread',
  /** A read of a stream shows an older state than the feed gave: a replica that is behind. */
  'staleRead',
  /** `changed` resolves for nothing. */
  'wakeup',
  /** The lease store, or all of the database, cannot be reached for a while. */
  'outage',
  /** A worker stands still for a while, longer than its leases last, and goes on as if nothing had been. */
  'pause',
  /** A worker's process ends at some call; another one starts later. */
  'crash',
  /** A worker stops in order, and another one starts later. */
  'leave',
  /** A worker's clock jumps, as far as workers' clocks may differ. */
  'clockJump',
  /** A handler throws, and would not if it were called again. */
  'throw',
  /** Handlers throw at an event, until they are mended. */
  'poison',
  /** A partition is cut, and its feed range with it. */
  'split',
  /** Two partitions are merged; the feed ranges stay. */
  'merge',
  /** Somebody replays parked sequences in the midst of it all, or tries it out. */
  'replay',
  /** A stream is deleted, and its events are erased bit by bit. */
  'deletion',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

/** Decides when what goes wrong, and counts it. */
export type Faults = {
  /** Whether this kind strikes now. Once the faults are over, none does. */
  strikes(kind: FaultKind): boolean
  /** How often a kind that strikes at moments, not at calls, shall strike in this run. */
  times(kind: FaultKind, most: number): number
  count(kind: FaultKind): void
  /** Ends the faults. */
  end(): void
  readonly over: boolean
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>
}

// The most likely that a call is struck; a seed draws from below.
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
 * Draws the faults of one run: some kinds not at all, others seldom or often, for a run in which everything goes wrong
 * at once hides what goes wrong alone. (The idea is Groce's swarm testing.)
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
