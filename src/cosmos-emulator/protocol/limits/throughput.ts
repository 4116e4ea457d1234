import type { Clock } from '../../../core/clock.ts'
import { tooManyRequests } from '../../engine/errors.ts'
import type { Partition } from '../../engine/partitions/partition.ts'

/** What the physical partitions spend, compared with what they may. */
export type ThroughputLimit = {
  /** @throws CosmosError 429 with the time to wait, while a partition has spent more than it may */
  admit(partition: Partition): void
  spend(partition: Partition, charge: number): void
}

/** Throughput without a limit. */
export const UNLIMITED: ThroughputLimit = { admit() {}, spend() {} }

/**
 * Limits what each physical partition spends in a second. A request is let in while anything is left, and what it takes
 * beyond is missing later on.
 *
 * @param unitsOf what a partition may spend in a second, in request units
 */
export function throughputLimit(clock: Clock, unitsOf: (partition: Partition) => number): ThroughputLimit {
  const spent = new WeakMap<Partition, { readonly units: number; readonly at: number }>()

  function stillSpent(partition: Partition): number {
    const { units, at } = spent.get(partition) ?? { units: 0, at: 0 }
    const seconds = (clock.now() - at) / 1000
    return Math.max(0, units - seconds * unitsOf(partition))
  }

  return {
    admit(partition) {
      const units = stillSpent(partition)
      const limit = unitsOf(partition)
      if (units >= limit) throw tooManyRequests(Math.max(1, Math.round(((units - limit) / limit) * 1000)))
    },
    spend(partition, charge) {
      spent.set(partition, { units: stillSpent(partition) + charge, at: clock.now() })
    },
  }
}
