import { expect, test } from 'vitest'
import { isRecent } from '../../../../src/integrity/verify/run.ts'
import { inZone } from '../../../support/in-zone.ts'

const now = Date.parse('2026-07-01T12:00:00.000Z')
const grace = 60_000

test.for([
  ['2026-07-01T11:59:00.000Z', true],
  ['2026-07-01T11:58:59.999Z', false],
  // A host whose clock is ahead.
  ['2026-07-01T13:00:00.000Z', true],
  ['2026-07-01T13:00:00.001Z', false],
  ['2999-01-01T00:00:00.000Z', false],
  ['soon', false],
  [null, false],
] as const)('an event of %s is recent at noon: %s', ([time, expected]) => {
  expect(isRecent(time, now - grace, now)).toBe(expected)
})

test.for(['Asia/Tokyo', 'America/New_York'])('a time without an offset is one in UTC, also in %s', async (zone) => {
  await inZone(zone, () => {
    expect(isRecent('2026-07-01T11:59:00', now - grace, now)).toBe(true)
    expect(isRecent('2026-07-01T11:58:59.999', now - grace, now)).toBe(false)
  })
})
