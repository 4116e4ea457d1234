import { randomFrom } from '../../core/random.ts'
import { FAULT_KINDS, type FaultHook, type FaultKind, type FaultPoint, POSSIBLE } from './fault.ts'

/** The options of {@link seededBusFaults}. */
export type SeededBusFaultsOptions = {
  /** A whole number; the same one produces the same faults for the same operations in the same order. */
  readonly seed: number
  /** Which kinds the seed chooses from; all by default. */
  readonly kinds?: readonly FaultKind[]
  /**
   * The probability of each kind for an operation that it can affect, 0 to 1. By default the seed decides: some kinds
   * never, others now and then.
   */
  readonly rates?: Readonly<Partial<Record<FaultKind, number>>>
  /** Which operations may be affected; by default all. */
  readonly strikes?: (point: FaultPoint) => boolean
}

/** The faults of a seed. */
export type SeededBusFaults = {
  /** For `ServiceBusEmulator.faults`. */
  readonly hook: FaultHook
  readonly rates: Readonly<Record<FaultKind, number>>
  /** How often each kind has occurred so far. */
  readonly counts: Readonly<Record<FaultKind, number>>
  /** Ends the faults. */
  end(): void
}

const MOST_LIKELY = 0.1

/**
 * Injects random faults. Left to the seed, some kinds do not occur at all and others rarely or often, because a run with
 * every fault at once hides bugs that show only when a fault occurs alone. (The idea is Groce's swarm testing.)
 */
export function seededBusFaults(options: SeededBusFaultsOptions): SeededBusFaults {
  const { seed, kinds = FAULT_KINDS, strikes = () => true } = options
  const random = randomFrom(seed)
  const drawn = never()
  for (const kind of FAULT_KINDS) {
    const rate = random() < 0.6 ? random() ** 2 * MOST_LIKELY : 0
    if (kinds.includes(kind)) drawn[kind] = rate
  }
  const rates = options.rates === undefined ? drawn : { ...never(), ...options.rates }
  const counts = never()
  let isOver = false

  function hook(point: FaultPoint): FaultKind | undefined {
    if (isOver || !strikes(point)) return undefined
    for (const kind of POSSIBLE[point.on]) {
      if (!(random() < rates[kind])) continue
      counts[kind]++
      return kind
    }
    return undefined
  }

  return {
    hook,
    rates,
    counts,
    end() {
      isOver = true
    },
  }
}

const never = (): Record<FaultKind, number> =>
  Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>
