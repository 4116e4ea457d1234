import { expect, it } from 'vitest'
import type { Silence } from '../../../../src/operations/model/alert.ts'
import { nextEnd, visibleAlerts } from '../../../../src/operations/notify/visible-alerts.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
const time = (minute: number) => Date.parse(at(minute))

const alert = (resolvedAt?: number) => ({
  fingerprint: 'LagHigh/projection/meters:3',
  rule: 'LagHigh' as const,
  subject: { kind: 'projection' as const, id: 'meters:3' },
  state: resolvedAt === undefined ? ('firing' as const) : ('resolved' as const),
  severity: 'warning' as const,
  message: '',
  startedAt: at(10),
  change: 1,
  ...(resolvedAt !== undefined && { resolvedAt: at(resolvedAt) }),
})

const silence = (since: number, until: number, endedAt: number | null = null): Silence => ({
  id: `${since}`,
  matchers: { rule: 'LagHigh' },
  by: 'Ada',
  reason: 'x',
  since: at(since),
  until: at(until),
  endedAt: endedAt === null ? null : at(endedAt),
})

const isVisible = (silences: readonly Silence[], now: number, resolvedAt?: number) =>
  visibleAlerts([alert(resolvedAt)], silences, time(now)).length === 1

it('hides an alert that fires while a silence is in force', () => {
  expect(isVisible([silence(5, 20)], 15)).toBe(false)
  expect(isVisible([silence(5, 20)], 20)).toBe(true)
  expect(isVisible([silence(5, 20, 14)], 15)).toBe(true)
  expect(isVisible([], 15)).toBe(true)
})

it('tells of the end of an alert if its start was told, although it is silenced by now', () => {
  expect(isVisible([silence(12, 60)], 30, 25)).toBe(true)
  expect(isVisible([silence(5, 60)], 30, 25)).toBe(false)
  expect(isVisible([silence(5, 15), silence(15, 60)], 30, 25)).toBe(false)
  expect(isVisible([silence(5, 15), silence(16, 60)], 30, 25)).toBe(true)
  expect(isVisible([silence(5, 60, 20)], 30, 25)).toBe(true)
})

it('knows when the next silence ends', () => {
  expect(nextEnd([silence(5, 60), silence(5, 50, 40), silence(1, 2)], time(15))).toBe(time(40))
  expect(nextEnd([silence(1, 2)], time(15))).toBeUndefined()
})
