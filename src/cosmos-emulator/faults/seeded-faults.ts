import { randomFrom } from '../../core/random.ts'
import type { CosmosRequest, CosmosResponse } from '../protocol/message.ts'
import type { Fault, FaultHook } from './fault.ts'
import { FAULT_KINDS, type FaultKind, KNOWN_FAULTS, type KnownFault, USUAL_FAULT_KINDS } from './kinds.ts'

/** The options of {@link seededFaults}. */
export type SeededFaultsOptions = {
  /** A whole number; the same one produces the same faults for the same requests in the same order. */
  readonly seed: number
  /** Which kinds the seed chooses from; {@link USUAL_FAULT_KINDS} by default. */
  readonly kinds?: readonly FaultKind[]
  /**
   * The probability of each kind for a request, 0 to 1. By default the seed decides: some kinds never, others now and
   * then.
   */
  readonly rates?: Readonly<Partial<Record<FaultKind, number>>>
  /** The longest delay, and the longest wait that a throttled client is asked for, in milliseconds; 20 by default. */
  readonly longest?: number
  /** Which requests may be affected; by default those about documents and stored procedures' runs. */
  readonly strikes?: (request: CosmosRequest) => boolean
}

/** The faults of a seed. */
export type SeededFaults = {
  /** For `Emulator.faults`. */
  readonly hook: FaultHook
  readonly rates: Readonly<Record<FaultKind, number>>
  /** How often each kind has occurred so far. */
  readonly counts: Readonly<Record<FaultKind, number>>
  /** Ends the faults. */
  end(): void
}

const MOST_LIKELY = 0.1

/**
 * Injects random faults into requests. Left to the seed, some kinds do not occur at all and others rarely or often,
 * because a run with every fault at once hides bugs that show only when a fault occurs alone. (The idea is Groce's
 * swarm testing.)
 */
export function seededFaults(options: SeededFaultsOptions): SeededFaults {
  const { seed, kinds = USUAL_FAULT_KINDS, longest = 20, strikes = isAboutDocuments } = options
  const random = randomFrom(seed)
  const drawn = drawRates(random, kinds)
  const rates = options.rates === undefined ? drawn : { ...never(), ...options.rates }
  const counts = never()
  // The usual kinds are always drawn, so that what a seed gives for them does not depend on the others.
  const possible = FAULT_KINDS.filter((kind) => USUAL_FAULT_KINDS.includes(kind) || rates[kind] > 0)
  let over = false

  function strike(request: CosmosRequest, response: CosmosResponse | undefined): Fault | undefined {
    if (over || !strikes(request)) return undefined
    const moment = response === undefined ? 'before' : 'after'
    for (const kind of possible) {
      const { at, strikes: isFor, fault }: KnownFault = KNOWN_FAULTS[kind]
      if (!at.includes(moment) || isFor?.(request) === false) continue
      if (!(random() < rates[kind] / at.length)) continue
      counts[kind]++
      return fault(Math.ceil(random() * longest))
    }
    return undefined
  }

  return {
    hook: strike,
    rates,
    counts,
    end() {
      over = true
    },
  }
}

const never = (): Record<FaultKind, number> =>
  Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>

function drawRates(random: () => number, kinds: readonly FaultKind[]): Record<FaultKind, number> {
  const rates = never()
  for (const kind of kinds) rates[kind] = random() < 0.6 ? random() ** 2 * MOST_LIKELY : 0
  return rates
}

// Creating a procedure is not running it, and accounts, databases and containers are set up before anything else.
const isAboutDocuments = ({ path, method }: CosmosRequest): boolean =>
  /\/docs(\/|$|\?)/.test(path) || (method === 'POST' && /\/sprocs\/[^/]+/.test(path))
