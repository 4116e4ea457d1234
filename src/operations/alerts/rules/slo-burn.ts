import { shareText } from '../../words/amounts.ts'
import type { Burn } from '../slo/burn-rate.ts'
import type { Burns, Objectives } from '../slo/objectives.ts'
import type { Reading } from '../state/streak.ts'
import type { Thresholds } from '../thresholds.ts'
import { heldFor, type Rule, worseOf } from './rule.ts'

// Of the SRE Workbook, chapter 5: 2 % of the budget of 30 days in an hour, 5 % in six hours, 10 % in three days.
const FAST = 14.4
const SLOW = 6
const SLOWEST = 1

const NAMES = { freshness: 'Freshness', api: 'API' } as const

/** An error budget is used up too fast. */
export function sloBurn({ slo }: Thresholds, objectives: Objectives): Rule {
  return {
    words: {
      rule: 'SloBurn',
      description: `The error budget of an objective is used up too fast: fresh views (${shareText(1 - slo.freshness)} of the time), or responses of the API (${shareText(1 - slo.api)} of the requests).`,
      fires: `${FAST} times as fast as allowed over 1 h and 5 min, or ${SLOW} times over 6 h and 30 min; ${SLOWEST} time over 3 d and 6 h: warning`,
      clears: 'the shorter time is below that',
      severity: 'critical',
    },
    holdFor: heldFor(0),
    observe: (look) =>
      objectives.look(look).map((burns) => ({
        subject: { kind: 'service', id: burns.objective },
        warning: readingOf(burns, [[burns.threeDays, burns.sixHours, SLOWEST]]),
        critical: readingOf(burns, [
          [burns.hour, burns.fiveMinutes, FAST],
          [burns.sixHours, burns.halfHour, SLOW],
        ]),
        message: () =>
          `${NAMES[burns.objective]}: the error budget is used up ${timesText(burns.hour)} as fast as allowed over the last hour, ${timesText(burns.threeDays)} over 3 days`,
      })),
  }
}

type Pair = readonly [long: Burn, short: Burn, limit: number]

function readingOf({ isKnown }: Burns, pairs: readonly Pair[]): Reading {
  if (!isKnown) return 'unknown'
  return pairs
    .map(([long, short, limit]): Reading => {
      if (long.least >= limit && short.least >= limit) return 'holds'
      return isBelow(short, limit) || isBelow(long, limit) ? 'calm' : 'between'
    })
    .reduce(worseOf)
}

const isBelow = ({ typical }: Burn, limit: number): boolean => typical !== null && typical < limit

const timesText = ({ least }: Burn): string => `${Number(least.toFixed(1))} times`
