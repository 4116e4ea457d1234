import { countText, durationText } from '../../words/amounts.ts'
import type { Thresholds } from '../thresholds.ts'
import { createPerSubject } from './history/per-subject.ts'
import { createTrend } from './history/trend.ts'
import { activeVersions, oldestAge, versionSubject, versionText } from './judged-versions.ts'
import { above, type Rule } from './rule.ts'

/** Events wait for too long. */
export function lagHigh({ lag }: Thresholds): Rule {
  return {
    words: {
      rule: 'LagHigh',
      description: 'An event has waited for long to be processed by the active version of a projection.',
      fires: `older than ${durationText(lag.warning)} for ${durationText(lag.warningFor)}; older than ${durationText(lag.critical)}: critical`,
      clears: `younger than ${durationText(lag.calm)}; no longer critical below ${durationText(lag.critical / 2)}`,
      severity: 'critical',
    },
    holdFor: () => ({ warning: lag.warningFor, critical: 0 }),
    observe: ({ snapshot, now }) =>
      activeVersions(snapshot)?.map((version) => {
        const age = oldestAge(version, now)
        return {
          subject: versionSubject(version),
          warning: above(age, lag.warning, lag.calm),
          critical: above(age, lag.critical, lag.critical / 2),
          message: () =>
            `${versionText(version)} is late: the oldest of ${countText(version.behind)} waiting events is ${durationText(age)} old`,
        }
      }) ?? null,
  }
}

/** The number of events that wait grows from minute to minute. */
export function lagGrowing({ growing }: Thresholds): Rule {
  const trends = createPerSubject(() => createTrend(growing.least))
  return {
    words: {
      rule: 'LagGrowing',
      description: 'More and more events wait for the active version of a projection.',
      fires: `the least number in each minute grows, above ${countText(growing.least)}, for ${durationText(growing.warningFor)}; for ${durationText(growing.criticalFor)}: critical`,
      clears: 'it falls',
      severity: 'critical',
    },
    holdFor: () => ({ warning: growing.warningFor, critical: growing.criticalFor }),
    observe({ snapshot, observed, gap }) {
      if (gap !== null) trends.forget()
      const versions = activeVersions(snapshot)
      if (versions === null) return null
      return trends.each(versions, versionSubject, (version, trend) => {
        const reading = trend.add(observed, version.behind)
        return {
          subject: versionSubject(version),
          warning: reading,
          critical: reading,
          message: () => `More and more events wait for ${versionText(version)}: ${countText(version.behind)} now`,
        }
      })
    },
  }
}
