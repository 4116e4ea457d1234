import { durationText, nounText, shareText } from '../../words/amounts.ts'
import type { Thresholds } from '../thresholds.ts'
import { createRatio, type Ratio } from './history/ratio.ts'
import { createSumWindow } from './history/window.ts'
import { heldFor, type Rule } from './rule.ts'

/** Writers conflict with each other. */
export function conflicts({ conflicts: { appends, views, for: time } }: Thresholds): Rule {
  const sides = [
    { id: 'appends', what: 'appends', ratio: createRatio(), limit: appends },
    { id: 'views', what: 'saves of views', ratio: createRatio(), limit: views },
  ] as const
  return {
    words: {
      rule: 'Conflicts',
      description: 'Many appends, or saves of views, lose to another writer.',
      fires: `more than ${shareText(appends)} of the appends, or ${shareText(views)} of the saves, for ${durationText(time)}`,
      clears: 'half of that',
      severity: 'warning',
    },
    holdFor: heldFor(time),
    observe({ snapshot: { measured }, observed, gap }) {
      if (gap !== null) for (const { ratio } of sides) ratio.forget()
      sides[0].ratio.add(observed, measured.appendConflicts, measured.appends)
      sides[1].ratio.add(observed, measured.viewConflicts, measured.saves)
      return sides.map(({ id, what, ratio, limit }) => ({
        subject: { kind: 'storage', id },
        warning: ratio.reading(limit, limit / 2),
        critical: 'calm',
        message: () => `${valueText(ratio)} of the ${what} lose to another writer`,
      }))
    },
  }
}

/** The database throttles requests. */
export function throttled({ throttled: { warning, warningFor, critical, calm } }: Thresholds): Rule {
  const ratio = createRatio()
  return {
    words: {
      rule: 'Throttled',
      description: 'Azure Cosmos DB throttles requests (429).',
      fires: `more than ${shareText(warning)} for ${durationText(warningFor)}; more than ${shareText(critical)}: critical`,
      clears: `less than ${shareText(calm)}; no longer critical below ${shareText(critical / 2)}`,
      severity: 'critical',
    },
    holdFor: () => ({ warning: warningFor, critical: 0 }),
    observe({ snapshot: { measured, storage }, observed, gap }) {
      if (gap !== null) ratio.forget()
      ratio.add(observed, measured.throttled, measured.cosmosRequests)
      return [
        {
          subject: { kind: 'storage', id: storage.kind },
          warning: ratio.reading(warning, calm),
          critical: ratio.reading(critical, critical / 2),
          message: () => `${valueText(ratio)} of the requests to the database are throttled`,
        },
      ]
    },
  }
}

const valueText = ({ value }: Ratio): string => shareText(value ?? 0)

/** Workers lose leases. */
export function leaseChurn({ churnWithin }: Thresholds): Rule {
  const window = createSumWindow(churnWithin)
  return {
    words: {
      rule: 'LeaseChurn',
      description: 'Workers lose leases that they hold.',
      fires: `any within ${durationText(churnWithin)}`,
      clears: `none within ${durationText(churnWithin)}`,
      severity: 'warning',
    },
    holdFor: heldFor(0),
    observe({ snapshot: { measured }, observed, gap }) {
      if (gap !== null) window.forget()
      if (measured.leasesLost !== null) window.add(observed, [measured.leasesLost])
      const [lost = 0] = window.sums()
      const reading = measured.leasesLost === null ? 'unknown' : lost > 0 ? 'holds' : window.isFull ? 'calm' : 'between'
      return [
        {
          subject: { kind: 'service', id: 'workers' },
          warning: reading,
          critical: 'calm',
          message: () =>
            `Workers lost ${nounText(Math.max(1, Math.round(lost)), 'lease')} within ${durationText(churnWithin)}`,
        },
      ]
    },
  }
}
