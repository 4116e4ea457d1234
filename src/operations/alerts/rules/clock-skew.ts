import type { Snapshot } from '../../model/snapshot.ts'
import { durationText, shareText } from '../../words/amounts.ts'
import { medianOf } from '../look/median.ts'
import type { Thresholds } from '../thresholds.ts'
import { above, heldFor, type Rule } from './rule.ts'

// What the process that evaluates is called where its own clock differs from most others.
const DASHBOARD = 'dashboard'

// Without a known lease duration, the default one of workers, in milliseconds.
const LEASE_DURATION = 15_000

/** The clock of a process differs from those of the others. */
export function clockSkew({ skew: { warning, critical, for: time } }: Thresholds): Rule {
  return {
    words: {
      rule: 'ClockSkew',
      description: 'The clock of a process differs from those of the others.',
      fires: `by more than ${shareText(warning)} of the lease duration for ${durationText(time)}; by more than ${shareText(critical)}: critical`,
      clears: 'half of that',
      severity: 'critical',
    },
    holdFor: heldFor(time),
    observe({ snapshot, processes }) {
      const instances = processes?.filter(({ state }) => state !== 'left')
      if (instances === undefined) return null
      const lease = snapshot.leaseDuration ?? LEASE_DURATION
      const clocks = instances.map(({ id, state }) => ({ id, ahead: state === 'alive' ? skewIn(snapshot, id) : null }))
      const all = [{ id: DASHBOARD, ahead: 0 }, ...clocks]
      const common = medianOf(all.flatMap(({ ahead }) => ahead ?? [])) ?? 0
      return all.map(({ id, ahead }) => {
        const skew = ahead === null ? null : ahead - common
        const size = skew === null ? null : Math.abs(skew)
        return {
          subject: { kind: 'instance', id },
          warning: above(size, warning * lease, (warning * lease) / 2),
          critical: above(size, critical * lease, (critical * lease) / 2),
          message: () =>
            `The clock of ${id} is ${durationText(size ?? 0)} ${(skew ?? 0) < 0 ? 'behind' : 'ahead of'} the others`,
        }
      })
    },
  }
}

const skewIn = ({ skew }: Snapshot, id: string): number | null => skew[id] ?? null
