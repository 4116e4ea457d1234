import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../../src/core/json/json.ts'
import { entryOf } from '../../../../../src/integrity/branches/entry.ts'
import { classify } from '../../../../../src/integrity/branches/verify/classify.ts'
import type { Sealable } from '../../../../../src/integrity/seals/sealable.ts'

const view = (n: number, lsn: number, rest: JsonObject = {}): Sealable => ({
  kind: 'view',
  content: { key: 'k', data: { n }, tidemarks: [{ min: '', max: 'FF', lsn, hash: '10', version: 1 }] },
  rest,
  seal: undefined,
})
const snapshot = (n: number, version: number, rest: JsonObject = {}, definition = 'd'): Sealable => ({
  kind: 'snapshot',
  content: { key: 'k', data: { n }, tidemarks: { version, definition } },
  rest,
  seal: undefined,
})

test.each([
  { what: 'the same view', before: view(1, 5), now: view(1, 5), expected: 'unchanged' },
  { what: 'a view with further events', before: view(1, 5), now: view(2, 6), expected: 'movedOn' },
  { what: 'a view with other data at the same place', before: view(1, 5), now: view(2, 5), expected: 'changed' },
  { what: 'a view that went back', before: view(1, 5), now: view(0, 4), expected: 'changed' },
  { what: 'a parked view', before: view(1, 5), now: view(2, 5, { parked: {} }), expected: 'movedOn' },
  { what: 'what is not JSON', before: view(1, 5), now: view(Number.NaN, 6), expected: 'changed' },
  { what: 'a snapshot with another state', before: snapshot(1, 5), now: snapshot(2, 5), expected: 'changed' },
  { what: 'a snapshot of other code', before: snapshot(1, 5), now: snapshot(2, 5, {}, 'e'), expected: 'movedOn' },
  { what: 'an earlier snapshot', before: snapshot(1, 5), now: snapshot(1, 4), expected: 'movedOn' },
  { what: 'an encrypted snapshot', before: snapshot(1, 5), now: snapshot(2, 5, { sealed: true }), expected: 'movedOn' },
])('$what is $expected', ({ before, now, expected }) => {
  expect(classify(entryOf(before, 'salt'), now, 'salt')).toBe(expected)
})

test('a view that got its seal after the branch is unchanged', () => {
  const sealed = { ...view(1, 5), seal: { size: null, salt: 'other', mac: '' } }
  expect(classify(entryOf(view(1, 5), 'salt'), sealed, 'salt')).toBe('unchanged')
  expect(classify(entryOf(sealed, 'salt'), sealed, 'else')).toBe('unchanged')
})
