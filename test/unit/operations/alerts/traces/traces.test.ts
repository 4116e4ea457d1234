import { expect, it } from 'vitest'
import { createEvaluator } from '../../../../../src/operations/alerts/evaluator.ts'
import type { Alert, Fingerprint } from '../../../../../src/operations/model/alert.ts'
import type { AlertChange } from '../../../../../src/operations/model/evaluation.ts'
import { applied } from '../support/watch.ts'
import { type Decision, decide, RULES, THRESHOLDS } from './model.ts'
import { EVERY, type Step, snapshotsOf, traceOf } from './trace.ts'

const LOOKS = 80

const evaluator = () => createEvaluator({ every: EVERY, thresholds: THRESHOLDS })

/** What an evaluation decides about each look of a trace. */
function evaluate(steps: readonly Step[], isSteady: boolean): AlertChange[][] {
  let open = new Map<Fingerprint, Alert>()
  let current = evaluator()
  return [...snapshotsOf(steps, isSteady)].map((snapshot, i) => {
    if (steps[i]?.restart) current = evaluator()
    const { changes } = current.evaluate(snapshot, [...open.values()])
    for (const change of changes) open = applied(open, change)
    return [...changes]
  })
}

const isModelled = (rule: string): rule is Decision[2] => RULES.some((one) => one === rule)

const decided = (looks: readonly (readonly AlertChange[])[]): Decision[] =>
  looks.flatMap((changes, i) =>
    changes.flatMap(({ type, rule, severity }): Decision[] => (isModelled(rule) ? [[i, type, rule, severity]] : [])),
  )

const byRule = (all: readonly Decision[]) => RULES.map((name) => all.filter(([, , rule]) => rule === name))

const seeds = Array.from({ length: 10 }, (_, hundred) => hundred * 100)

it.each(seeds)(
  'a hundred traces with faults, missing data, restarts and jumps are judged as by the model, from %d',
  (first) => {
    for (let seed = first; seed < first + 100; seed++) {
      const steps = traceOf(seed, LOOKS)
      const isSteady = seed % 2 === 0
      expect(byRule(decided(evaluate(steps, isSteady))), `seed ${seed}`).toEqual(byRule(decide(steps, isSteady)))
    }
  },
)

const FOLLOWS: { readonly [type in AlertChange['type'] | 'nothing']: readonly AlertChange['type'][] } = {
  nothing: ['AlertFired'],
  AlertFired: ['AlertEscalated', 'AlertEased', 'AlertFlapping', 'AlertResolved'],
  AlertEscalated: ['AlertEased', 'AlertFlapping', 'AlertResolved'],
  AlertEased: ['AlertEscalated', 'AlertFlapping', 'AlertResolved'],
  AlertFlapping: ['AlertEscalated', 'AlertResolved'],
  AlertResolved: ['AlertFired'],
}

it('the changes of each alert follow each other in order, also in time, however the clock jumps', () => {
  let count = 0
  for (let seed = 2_000; seed < 2_100; seed++) {
    const changes = evaluate(traceOf(seed, LOOKS), seed % 2 === 0).flat()
    for (const all of Map.groupBy(changes, ({ fingerprint }) => fingerprint).values()) {
      for (const [i, { type, at }] of all.entries()) {
        const before = all[i - 1]
        expect(FOLLOWS[before?.type ?? 'nothing']).toContain(type)
        if (type !== 'AlertFired') expect(at).toBeGreaterThanOrEqual(before?.at ?? 0)
        count += 1
      }
    }
  }
  expect(count).toBeGreaterThan(200)
})

it('nothing is resolved at a look without data, and nothing fires', () => {
  for (let seed = 3_000; seed < 3_100; seed++) {
    const steps = traceOf(seed, LOOKS)
    for (const [i, type, rule] of decided(evaluate(steps, true))) {
      const isKnown = rule === 'StorageUnavailable' ? steps[i]?.ping !== null : steps[i]?.age !== null
      expect(isKnown, `${type} of ${rule} in look ${i} of ${seed}`).toBe(true)
    }
  }
})

it('a jump of the clock changes no decision if the real time is known', () => {
  for (let seed = 4_000; seed < 4_050; seed++) {
    const steps = traceOf(seed, LOOKS)
    const without = steps.map((step) => ({ ...step, jump: 0 }))
    expect(decided(evaluate(steps, true))).toEqual(decided(evaluate(without, true)))
  }
})
