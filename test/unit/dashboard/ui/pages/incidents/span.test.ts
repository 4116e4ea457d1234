import { expect, test } from 'vitest'
import { spanOf } from '../../../../../../src/dashboard/ui/pages/incidents/span.ts'

const MINUTE = 60_000
const now = Date.parse('2026-11-30T14:00:00Z')
const ago = (minutes: number) => new Date(now - minutes * MINUTE).toISOString()

test('an open incident is shown from ten minutes before it up to now', () => {
  expect(spanOf(ago(30), null, now)).toEqual({ from: now - 40 * MINUTE, until: null, step: 10 })
})

test('a resolved incident is shown with ten minutes on both sides, by minutes when seconds are not kept any more', () => {
  expect(spanOf(ago(600), ago(500), now)).toEqual({ from: now - 610 * MINUTE, until: now - 490 * MINUTE, step: 60 })
})

test('the time after an incident that has just been resolved still grows', () => {
  expect(spanOf(ago(30), ago(1), now).until).toBeNull()
})

test('nothing is asked for from before the history begins', () => {
  expect(spanOf(ago(10_000), null, now).from).toBe(now - 48 * 60 * MINUTE)
})
