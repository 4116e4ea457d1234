import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSilenced } from '../../../../src/operations/alerts/silences.ts'
import type { Silence } from '../../../../src/operations/model/alert.ts'

const NOON = Date.UTC(2026, 10, 1, 12)
const iso = (time: number) => new Date(time).toISOString()

const alert = {
  rule: 'LagHigh',
  subject: { kind: 'projection', id: 'meter-overview:3' },
  severity: 'warning',
} as const

const silence = (matchers: Silence['matchers'], rest: Partial<Silence> = {}): Silence => ({
  id: '1',
  matchers,
  by: 'ada',
  reason: 'maintenance',
  since: iso(NOON),
  until: iso(NOON + 3_600_000),
  endedAt: null,
  ...rest,
})

it.each<[string, Silence['matchers'], boolean]>([
  ['without matchers', {}, true],
  ['by the name of the rule', { rule: 'LagHigh' }, true],
  ['by the name of another rule', { rule: 'LagGrowing' }, false],
  ['by the beginning of a rule', { rule: 'Lag*' }, true],
  ['by a part of a subject, where nothing stands for any characters', { subject: 'meter' }, false],
  ['by the end of a subject', { subject: '*:3' }, true],
  ['by a pattern with several parts', { subject: 'm*over*:3' }, true],
  ['by parts in another order', { subject: '*over*meter*' }, false],
  ['by a beginning and an end that overlap', { subject: 'meter-overview:3*overview:3' }, false],
  ['by a star alone', { subject: '*' }, true],
  ['by severity', { severity: 'warning' }, true],
  ['by another severity', { severity: 'critical' }, false],
  ['by a rule and another severity', { rule: 'LagHigh', severity: 'critical' }, false],
])('an alert is matched %s', (_, matchers, expected) => {
  expect(isSilenced([silence(matchers)], alert, NOON)).toBe(expected)
})

it.each<[string, Partial<Silence>, number, boolean]>([
  ['before it begins', {}, NOON - 1, false],
  ['when it begins', {}, NOON, true],
  ['just before it is over', {}, NOON + 3_599_999, true],
  ['when it is over', {}, NOON + 3_600_000, false],
  ['when a person ended it', { endedAt: iso(NOON + 60_000) }, NOON + 60_000, false],
  ['before a person ended it', { endedAt: iso(NOON + 60_000) }, NOON + 59_999, true],
])('a silence hides notices, or not, %s', (_, rest, now, expected) => {
  expect(isSilenced([silence({}, rest)], alert, now)).toBe(expected)
})

it('a pattern matches what a regular expression matches', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 12 })
  fc.assert(
    fc.property(text, text, (subject, id) => {
      const source = subject.split('*').map((part) => part.replaceAll('.', '\\.'))
      const expected = new RegExp(`^${source.join('.*')}$`, 's').test(id)
      const about = { ...alert, subject: { kind: 'projection' as const, id } }
      expect(isSilenced([silence({ subject })], about, NOON)).toBe(expected)
    }),
  )
})

it('a pattern of many stars is matched in little time', () => {
  const subject = `${'*a'.repeat(5_000)}*b`
  const about = { ...alert, subject: { kind: 'projection' as const, id: 'a'.repeat(50_000) } }
  expect(isSilenced([silence({ subject })], about, NOON)).toBe(false)
})
