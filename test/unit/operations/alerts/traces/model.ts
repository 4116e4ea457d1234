import type { Thresholds } from '../../../../../src/operations/alerts/thresholds.ts'
import type { Severity } from '../../../../../src/operations/model/alert.ts'
import { HOUR, MINUTE, SECOND } from '../support/snapshots.ts'
import { EVERY, type Step } from './trace.ts'

// What must happen, by looking back over the whole trace at each look: slow, and without any state of an evaluation.

export const THRESHOLDS = {
  stalledFor: 3 * MINUTE,
  lag: { warning: MINUTE, warningFor: 5 * MINUTE, critical: 10 * MINUTE, calm: 30 * SECOND },
} satisfies Partial<Thresholds>

export const RULES = ['StorageUnavailable', 'RangeStalled', 'LagHigh'] as const

type Rule = (typeof RULES)[number]

export type Decision = readonly [look: number, type: string, rule: Rule, severity: Severity]

/** `+` holds, `-` is calm, `0` is neither, `?` is unknown. */
type Mark = '+' | '-' | '0' | '?'

type Line = {
  readonly rule: Rule
  readonly holdFor: Record<Severity, number>
  readonly marks: Record<Severity, Mark>[]
}

/** Milliseconds that were observed before each look; null after a gap, and for a process that has just begun. */
function observedBefore(steps: readonly Step[], isSteady: boolean): (number | null)[] {
  return steps.map(({ passed, jump, restart }, i) => {
    const shown = isSteady ? passed : passed + jump
    return i === 0 || restart || shown <= 0 || shown > 3 * EVERY ? null : shown
  })
}

/**
 * By how much younger events look: where a gap cannot be distinguished from a jump, it counts as one until the clocks of
 * others can be trusted.
 */
function youngerBy(steps: readonly Step[], before: readonly (number | null)[], isSteady: boolean): number[] {
  return steps.map((_, i) => {
    let younger = 0
    for (let at = i; at > 0 && !isSteady && before[at] === null && !steps[at]?.restart; at--) {
      younger += steps[at]?.passed ?? 0
    }
    return younger
  })
}

function marksOf(rule: Rule, steps: readonly Step[], younger: readonly number[]): Record<Severity, Mark>[] {
  const both = (mark: Mark) => ({ warning: mark, critical: mark })
  return steps.map(({ ping, age, range }, i) => {
    if (rule === 'StorageUnavailable') {
      if (ping === null) return both('?')
      const known = steps.slice(0, i + 1).flatMap((step) => step.ping ?? [])
      return both(known.slice(-3).length === 3 && known.slice(-3).every((one) => !one) ? '+' : ping ? '-' : '0')
    }
    if (age === null) return both('?')
    if (age === 'paused') return both('-')
    if (rule === 'RangeStalled') return both(range === 'stalled' ? '+' : range === 'unowned' ? '?' : '-')
    const seen = age - (younger[i] ?? 0)
    const mark = (limit: number, calm: number): Mark => (seen > limit ? '+' : seen < calm ? '-' : '0')
    return { warning: mark(MINUTE, 30 * SECOND), critical: mark(10 * MINUTE, 5 * MINUTE) }
  })
}

/** For how long, and in how many looks up to one, a mark was observed: up to two unknown looks in a row do not end it. */
function streakAt(marks: readonly Mark[], mark: Mark, before: readonly (number | null)[], at: number, from: number) {
  let lasted = 0
  let looks = 0
  let unknown = 0
  let later = -1
  for (let i = at; i >= from; i--) {
    if (marks[i] === '?') unknown += 1
    else if (marks[i] === mark && unknown <= 2) {
      if (later === i + 1) lasted += before[later] ?? 0
      looks += 1
      unknown = 0
      later = i
    } else break
    if (before[i] === null) break
  }
  return { lasted, looks }
}

/** What an evaluation must decide about one rule. */
function decisionsOf(line: Line, before: readonly (number | null)[], steps: readonly Step[]): Decision[] {
  const { rule, holdFor, marks } = line
  const column = (severity: Severity) => marks.map((one) => one[severity])
  const columns = { warning: column('warning'), critical: column('critical') }
  const all = marks.map(({ warning, critical }): Mark => {
    if (warning === '-' && critical === '-') return '-'
    return warning === '?' || critical === '?' ? '?' : '0'
  })
  const clock: number[] = []
  for (const [i, time] of before.entries()) clock.push((clock[i - 1] ?? 0) + (time ?? 0))
  const found: Decision[] = []
  const on = { warning: false, critical: false }
  // From which look on each severity is what it is, since its times begin again with that.
  const since = { warning: 0, critical: 0, calm: 0 }
  let open: Severity | null = null
  let isFlapping = false
  let changes: number[] = []

  for (const i of steps.keys()) {
    if (steps[i]?.restart) {
      changes = []
      on.warning = open !== null
      on.critical = open === 'critical'
    }
    for (const severity of ['warning', 'critical'] as const) {
      const mark = columns[severity][i]
      const held = streakAt(columns[severity], '+', before, i, since[severity])
      const calm = streakAt(columns[severity], '-', before, i, since[severity])
      if (!on[severity] && mark === '+' && held.lasted >= holdFor[severity]) on[severity] = true
      else if (on[severity] && mark === '-' && calm.looks >= 2) on[severity] = false
    }
    if (on.critical && !on.warning) {
      on.warning = true
      since.warning = i + 1
    }
    const next: Severity | null = on.critical ? 'critical' : on.warning ? 'warning' : null
    if (next === open) continue
    const isBetter = next === null || (open === 'critical' && next === 'warning')
    if (isFlapping) {
      const calm = all[i] === '-' ? streakAt(all, '-', before, i, since.calm).lasted : 0
      if (isBetter && !(next === null && calm >= HOUR / 2)) continue
      found.push([i, isBetter ? 'AlertResolved' : 'AlertEscalated', rule, next ?? open ?? 'warning'])
      if (isBetter) isFlapping = false
      open = next
      continue
    }
    const now = clock[i] ?? 0
    changes = [...changes.filter((at) => now - at < HOUR), now]
    isFlapping = changes.length >= 4
    const type =
      open === null ? 'AlertFired' : next === null ? 'AlertResolved' : isBetter ? 'AlertEased' : 'AlertEscalated'
    if (!isFlapping || !isBetter) found.push([i, type, rule, next ?? open ?? 'warning'])
    if (!isFlapping || !isBetter) open = next
    if (isFlapping) {
      found.push([i, 'AlertFlapping', rule, open ?? 'warning'])
      changes = []
      since.calm = i + 1
    }
  }
  return found
}

/** Everything that an evaluation of a trace must decide about the rules of this model. */
export function decide(steps: readonly Step[], isSteady: boolean): Decision[] {
  const before = observedBefore(steps, isSteady)
  const younger = youngerBy(steps, before, isSteady)
  const marks = (rule: Rule) => marksOf(rule, steps, younger)
  const atOnce = { warning: 0, critical: 0 }
  const outage = decisionsOf(
    { rule: 'StorageUnavailable', holdFor: atOnce, marks: marks('StorageUnavailable') },
    before,
    steps,
  )
  const isOut = steps.map((_, i) => {
    const last = outage.filter(([at]) => at <= i).at(-1)
    return last !== undefined && last[1] !== 'AlertResolved'
  })
  const hidden = { warning: '?', critical: '?' } as const
  const seen = (rule: Rule) => marks(rule).map((one, i) => (isOut[i] ? hidden : one))
  const { stalledFor, lag } = THRESHOLDS
  const stalled = { warning: stalledFor, critical: stalledFor }
  return [
    ...outage,
    ...decisionsOf({ rule: 'RangeStalled', holdFor: stalled, marks: seen('RangeStalled') }, before, steps),
    ...decisionsOf(
      { rule: 'LagHigh', holdFor: { warning: lag.warningFor, critical: 0 }, marks: seen('LagHigh') },
      before,
      steps,
    ),
  ]
}
