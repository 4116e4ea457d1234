import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEvaluator } from '../../../../src/operations/alerts/evaluator.ts'
import { burnOf } from '../../../../src/operations/alerts/slo/burn-rate.ts'
import { createMinutes, MOST_MINUTES } from '../../../../src/operations/alerts/slo/minutes.ts'
import type { Snapshot } from '../../../../src/operations/model/snapshot.ts'
import { HOUR, healthy, late, MINUTE, measured, NOON, SECOND } from './support/snapshots.ts'
import { createWatch } from './support/watch.ts'

const isStale = (now: number): Partial<Snapshot> => ({ versions: [late(now, 6 * SECOND)] })
const isFailing = (failedRequests: number) => (): Partial<Snapshot> => ({ measured: measured({ failedRequests }) })

const slo = (found: readonly (readonly [number, string])[]) => found.filter(([, text]) => text.includes('SloBurn'))

it('a budget that is used up 14.4 times too fast over an hour is critical, and is resolved by five good minutes', () => {
  const watch = createWatch({}, 10 * SECOND)
  watch.lookFor(HOUR)
  // 14.4 thousandths of an hour are 52 seconds.
  expect(slo(watch.lookFor(2 * MINUTE, isStale))).toEqual([[50 * SECOND, 'AlertFired SloBurn critical']])
  const ended = slo(watch.lookFor(7 * HOUR))
  expect(ended.map(([, text]) => text)).toEqual(['AlertEased SloBurn warning', 'AlertResolved SloBurn warning'])
  expect(ended[0]?.[0]).toBeGreaterThan(30 * MINUTE - MINUTE)
  expect(ended[0]?.[0]).toBeLessThan(32 * MINUTE)
})

it('failed requests use up the budget of the API by their share', () => {
  const watch = createWatch({}, MINUTE)
  watch.lookFor(6 * HOUR)
  expect(slo(watch.lookFor(2 * HOUR, isFailing(1)))).toEqual([])
  expect(slo(watch.lookFor(2 * HOUR, isFailing(2)))).toEqual([[expect.any(Number), 'AlertFired SloBurn critical']])
  expect(watch.open().find(({ rule }) => rule === 'SloBurn')?.message).toMatch(/^API: the error budget/)
})

it('a slow loss over days is a warning', () => {
  const watch = createWatch({}, MINUTE)
  const failed = (failedRequests: number) => () => ({ measured: measured({ requests: 1_000, failedRequests }) })
  watch.lookFor(3 * 24 * HOUR, failed(0))
  // Twice the allowed share, for half of the three days.
  const found = slo(watch.lookFor(40 * HOUR, failed(2)))
  expect(found).toEqual([[expect.any(Number), 'AlertFired SloBurn warning']])
  expect(found[0]?.[0]).toBeGreaterThan(35 * HOUR)
  expect(found[0]?.[0]).toBeLessThan(37 * HOUR)
})

it('a system without data neither uses up its budget nor is known to keep it', () => {
  const evaluator = createEvaluator({ every: MINUTE })
  expect(evaluator.budgets().map(({ left }) => left)).toEqual([null, null])
  const unknown = { versions: null, measured: measured({ requests: null, failedRequests: null }) }
  for (let i = 0; i < 60; i++) evaluator.evaluate({ ...healthy(NOON + i * MINUTE), ...unknown }, [])
  expect(evaluator.budgets().map(({ left }) => left)).toEqual([null, null])
  for (let i = 60; i < 120; i++) evaluator.evaluate(healthy(NOON + i * MINUTE), [])
  expect(evaluator.budgets()).toEqual([
    { objective: 'freshness', target: 0.999, left: 1, windowDays: 3 },
    { objective: 'api', target: 0.999, left: 1, windowDays: 3 },
  ])
})

it('missing data does not end the alert of a budget', () => {
  const watch = createWatch({}, 10 * SECOND)
  watch.lookFor(2 * MINUTE, isStale)
  expect(watch.open()).toMatchObject([{ rule: 'SloBurn' }])
  expect(watch.lookFor(7 * HOUR, () => ({ versions: null }))).toEqual([])
})

it('what was observed of the objectives continues in the next process', () => {
  const first = createWatch({}, MINUTE)
  first.lookFor(10 * MINUTE)
  first.lookFor(MINUTE, isStale)
  const budgets = first.evaluator.budgets()
  expect(budgets[0]?.left).toBeCloseTo(1 - 60 / 259.2, 2)
  const next = createEvaluator({ every: MINUTE })
  next.load(JSON.parse(JSON.stringify(first.evaluator.save())))
  next.evaluate(healthy(first.now + 2 * MINUTE), [])
  expect(next.budgets()[0]?.left).toBeCloseTo(budgets[0]?.left ?? 0, 3)
})

it.each([
  [{}],
  [{ freshness: 1, api: { minute: 'x', values: 'AAAA' } }],
  [{ freshness: { minute: 3, values: 'AAAA' } }],
])('saved objectives that cannot be read are ignored: %j', (saved) => {
  const evaluator = createEvaluator({ every: MINUTE })
  evaluator.load(saved)
  evaluator.evaluate(healthy(NOON), [])
  evaluator.evaluate(healthy(NOON + MINUTE), [])
  expect(evaluator.budgets().map(({ left }) => left)).toEqual([1, 1])
})

it('the sums of minutes are those of a plain list', () => {
  const steps = fc.array(fc.record({ passed: fc.integer({ min: 1, max: 40 * MINUTE }), bad: fc.nat(9) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 300 }), (all, length) => {
      const minutes = createMinutes()
      const entries: { minute: number; bad: number }[] = []
      let time = NOON
      for (const { passed, bad } of all) {
        time += passed
        minutes.add(time, { known: 1, total: 10, bad })
        entries.push({ minute: Math.floor(time / MINUTE), bad })
      }
      const last = Math.floor(time / MINUTE)
      const within = entries.filter(({ minute }) => minute >= last - length)
      const [sums] = minutes.sums(time, [length])
      expect(sums).toMatchObject({
        known: within.length,
        total: 10 * within.length,
        bad: within.reduce((sum, { bad }) => sum + bad, 0),
      })
    }),
  )
})

it('minutes older than three days are forgotten', () => {
  const minutes = createMinutes()
  minutes.add(NOON, { known: 60, total: 60, bad: 60 })
  expect(minutes.sums(NOON + MOST_MINUTES * MINUTE, [MOST_MINUTES])[0]?.bad).toBe(60)
  expect(minutes.sums(NOON + (MOST_MINUTES + 1) * MINUTE, [MOST_MINUTES])[0]?.bad).toBe(0)
})

it('a burn rate counts what is missing as good, and says nothing of a time that was hardly observed', () => {
  expect(burnOf({ known: 30, total: 100, bad: 10 }, 100, 0.9)).toEqual({ least: expect.closeTo(0.3), typical: null })
  expect(burnOf({ known: 50, total: 100, bad: 10 }, 100, 0.9)).toEqual({
    least: expect.closeTo(0.5),
    typical: expect.closeTo(1),
  })
  expect(burnOf({ known: 0, total: 0, bad: 0 }, 100, 0.9)).toEqual({ least: 0, typical: null })
})
