import type { Snapshot } from '../../model/snapshot.ts'
import { durationText, shareText } from '../../words/amounts.ts'
import { medianOf } from '../look/median.ts'
import type { Thresholds } from '../thresholds.ts'
import { createPerSubject } from './history/per-subject.ts'
import { above, heldFor, type Rule } from './rule.ts'

// What the process that evaluates is called where its own clock differs from most others.
const DASHBOARD = 'dashboard'

// Without a known lease duration, the default one of workers, in milliseconds.
const LEASE_DURATION = 15_000

// A report is seen late, never early: the highest skew of this time, in milliseconds, contains the least delay.
const BEST_OF = 60_000

/** The clock of a process differs from those of the others. */
export function clockSkew({ skew: { warning, critical, for: time } }: Thresholds): Rule {
  const histories = createPerSubject(() => createHighest(BEST_OF))
  return {
    words: {
      rule: 'ClockSkew',
      description: 'The clock of a process differs from those of the others.',
      fires: `by more than ${shareText(warning)} of the lease duration for ${durationText(time)}; by more than ${shareText(critical)}: critical`,
      clears: 'half of that',
      severity: 'critical',
    },
    holdFor: heldFor(time),
    observe({ snapshot, processes, observed, gap }) {
      if (gap !== null) histories.forget()
      const instances = processes?.filter(({ state }) => state !== 'left')
      if (instances === undefined) return null
      const { leaseDuration } = snapshot
      const lease = leaseDuration ?? LEASE_DURATION
      const clocks = instances.map(({ id, state }) => ({ id, ahead: state === 'alive' ? skewIn(snapshot, id) : null }))
      const all = [{ id: DASHBOARD, ahead: 0 }, ...clocks]
      const common = medianOf(all.flatMap(({ ahead }) => ahead ?? [])) ?? 0
      return histories.each(
        all,
        ({ id }) => ({ kind: 'instance', id }),
        ({ id, ahead }, highest) => {
          const skew = ahead === null ? null : highest(observed, ahead - common)
          const size = skew === null ? null : Math.abs(skew)
          return {
            subject: { kind: 'instance', id },
            warning: above(size, warning * lease, (warning * lease) / 2),
            critical: above(size, critical * lease, (critical * lease) / 2),
            message: () =>
              `The clock of ${id} is ${durationText(size ?? 0)} ${(skew ?? 0) < 0 ? 'behind' : 'ahead of'} the others`,
          }
        },
      )
    },
  }
}

const skewIn = ({ skew }: Snapshot, id: string): number | null => skew[id] ?? null

/** Creates a function that returns the highest value within a time, in milliseconds. */
function createHighest(within: number): (observed: number, value: number) => number {
  let values: { readonly at: number; readonly value: number }[] = []
  return (observed, value) => {
    // Lower values that are older will never be the highest again.
    values = values.filter((one) => one.value > value && observed - one.at < within)
    values.push({ at: observed, value })
    return values[0]?.value ?? value
  }
}
