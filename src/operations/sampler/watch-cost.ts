import type { Clock } from '../../core/clock.ts'
import type { InstanceReport } from '../model/instance-report.ts'
import type { WatchCost } from '../model/operations.ts'

const MINUTE = 60_000

/** Counts what watching costs. */
export type CostMeter = {
  /** Counts a call of the storage. */
  count(): void
  /** Takes the report of this process, which says how many request units the database has charged it. */
  charged(own: InstanceReport | undefined): void
  read(): WatchCost
}

/** @param every milliseconds between two snapshots */
export function createCostMeter(clock: Pick<Clock, 'now'>, every: number): CostMeter {
  let calls: { readonly second: number; count: number }[] = []
  let charges: { readonly at: number; readonly total: number }[] = []
  return {
    count() {
      const second = Math.floor(clock.now() / 1_000)
      const last = calls.at(-1)
      if (last?.second === second) last.count++
      else calls = [...calls, { second, count: 1 }].filter((one) => (second - one.second) * 1_000 < MINUTE)
    },
    charged(own) {
      const total = own?.totals.requestUnits
      if (total === undefined) return
      const at = clock.now()
      charges = [...charges, { at, total }].filter((one) => at - one.at <= MINUTE)
    },
    read() {
      const now = clock.now()
      const recent = calls.filter(({ second }) => now - second * 1_000 < MINUTE)
      const [first, last] = [charges[0], charges.at(-1)]
      const isKnown = first !== undefined && last !== undefined && last.at > first.at
      return {
        readsPerMinute: recent.reduce((sum, { count }) => sum + count, 0),
        requestUnitsPerMinute: isKnown ? ((last.total - first.total) * MINUTE) / (last.at - first.at) : null,
        everyMs: every,
      }
    },
  }
}
