import type { JsonObject } from '../../../core/json/json.ts'
import type { Budget, Objective } from '../../model/budget.ts'
import type { Look } from '../look/look.ts'
import { activeVersions, oldestAge } from '../rules/judged-versions.ts'
import type { Thresholds } from '../thresholds.ts'
import { type Burn, burnOf, type Sums } from './burn-rate.ts'
import { createMinutes, MOST_MINUTES } from './minutes.ts'

/** The times over which burn rates are computed, in minutes. */
const LENGTHS = [5, 30, 60, 360, MOST_MINUTES] as const

/** How fast the budget of an objective is used up, as of one look. */
export type Burns = {
  readonly objective: Objective
  /** Whether the look had data about it. */
  readonly isKnown: boolean
  readonly fiveMinutes: Burn
  readonly halfHour: Burn
  readonly hour: Burn
  readonly sixHours: Burn
  readonly threeDays: Burn
}

/** The objectives, with what was observed of them in the last 3 days. */
export type Objectives = {
  /** Counts the time since the look before. */
  look(look: Look): readonly Burns[]
  budgets(): readonly Budget[]
  save(): JsonObject
  /** Takes over what an earlier run saved. What cannot be read is ignored. */
  load(saved: JsonObject): void
}

const NAMES = ['freshness', 'api'] as const satisfies readonly Objective[]

const NO_BURN: Burn = { least: 0, typical: null }

/** Creates the objectives, of which nothing is known yet. */
export function createObjectives({ slo }: Thresholds): Objectives {
  const minutes = { freshness: createMinutes(), api: createMinutes() }
  // Milliseconds since 1970 at the first look, and then what passed: a clock that jumps moves no minute.
  let time: number | undefined
  let saved = 0

  const sumsOf = (objective: Objective) => minutes[objective].sums(time ?? saved, LENGTHS)

  return {
    look(look) {
      time = time === undefined ? Math.max(look.now, saved) : time + look.passed
      const seconds = look.elapsed / 1_000
      const found = { freshness: freshnessIn(look, seconds, slo.freshWithin), api: requestsIn(look, seconds) }
      return NAMES.map((objective) => {
        const sums = found[objective]
        if (sums !== null && time !== undefined && seconds > 0) minutes[objective].add(time, sums)
        const burns = sumsOf(objective).map((one) => burnOf(one, one.seconds, slo[objective]))
        const [fiveMinutes = NO_BURN, halfHour = NO_BURN, hour = NO_BURN, sixHours = NO_BURN, threeDays = NO_BURN] =
          burns
        return { objective, isKnown: sums !== null, fiveMinutes, halfHour, hour, sixHours, threeDays }
      })
    },
    budgets: () =>
      NAMES.map((objective) => {
        const target = slo[objective]
        const all = sumsOf(objective).at(-1)
        const isKnown = all !== undefined && all.known > 0
        const used = isKnown ? burnOf(all, all.seconds, target).least : 0
        return { objective, target, left: isKnown ? Math.max(0, 1 - used) : null, windowDays: MOST_MINUTES / 1_440 }
      }),
    save: () => ({ freshness: minutes.freshness.save(), api: minutes.api.save() }),
    load(stored) {
      for (const objective of NAMES) saved = Math.max(saved, minutes[objective].load(stored[objective]) ?? 0)
      if (time !== undefined) time = Math.max(time, saved)
    },
  }
}

/** Views are fresh while no event has waited for longer than allowed, also when there is none. */
function freshnessIn({ snapshot, now }: Look, seconds: number, freshWithin: number): Sums | null {
  const versions = activeVersions(snapshot)
  if (versions === null) return null
  const isLate = versions.some((version) => oldestAge(version, now) >= freshWithin)
  return { known: seconds, total: seconds, bad: isLate ? seconds : 0 }
}

function requestsIn({ snapshot: { measured } }: Look, seconds: number): Sums | null {
  const { requests, failedRequests } = measured
  return requests === null || failedRequests === null ? null : { known: seconds, total: requests, bad: failedRequests }
}
