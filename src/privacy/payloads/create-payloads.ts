import { type Clock, systemClock } from '../../core/clock.ts'
import { cacheFills } from './cache-fills.ts'
import { fetchPayloads } from './fetch-payloads.ts'
import { forgetPayloads } from './forget-payloads.ts'
import type { PayloadCache, PayloadRule } from './payload-store.ts'
import type { Payloads } from './payloads.ts'
import { putPayloads } from './put-payloads.ts'
import { createRouting } from './routing.ts'
import { storeCalls } from './store-calls.ts'

/** What the payloads of a log are stored with. */
export type PayloadsOptions = {
  /** Where payloads are stored; the first rule that matches decides. */
  readonly rules: readonly PayloadRule[]
  /** By default there is none. */
  readonly cache?: PayloadCache
  /** How many calls of stores may run at once; 16 by default. */
  readonly atOnce?: number
  /** Milliseconds until a call of a store counts as failed; 30,000 by default. */
  readonly timeLimit?: number
  readonly clock?: Clock
}

/**
 * Creates the service over all payload stores and their cache.
 *
 * @throws InvalidConfiguration if two rules have the same name
 */
export function createPayloads({
  rules,
  cache,
  atOnce = 16,
  timeLimit = 30_000,
  clock = systemClock,
}: PayloadsOptions): Payloads {
  const routing = createRouting(rules)
  const parts = { routing, cache, call: storeCalls(clock, atOnce, timeLimit), fills: cacheFills(cache) }
  const fetch = fetchPayloads(parts)
  return {
    put: (payloads) => putPayloads(parts, payloads),
    fetch,
    forget: (owner) => forgetPayloads(parts, owner),
  }
}
