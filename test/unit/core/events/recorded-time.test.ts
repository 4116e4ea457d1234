import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalTime, recordedTime } from '../../../../src/core/events/recorded-time.ts'
import { inZone } from '../../../support/in-zone.ts'

const own = fc
  .date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((time) => time.toISOString())

describe('the time of an event', () => {
  it('is spelled as Tidemark spells it, however another program did', () => {
    expect(canonicalTime('2026-01-01T00:00:00.1234567Z')).toBe('2026-01-01T00:00:00.123Z')
    expect(canonicalTime('2026-01-01T01:00:00+01:00')).toBe('2026-01-01T00:00:00.000Z')
    expect(canonicalTime('2026-01-01T00:00Z')).toBe('2026-01-01T00:00:00.000Z')
  })

  it('is in UTC without an offset, whatever time zone the process is in', async () => {
    for (const zone of ['Asia/Tokyo', 'America/New_York']) {
      await inZone(zone, () => {
        expect(new Date('2026-01-01T00:00:00').getTime()).not.toBe(Date.UTC(2026, 0, 1))
        expect(canonicalTime('2026-01-01T00:00:00')).toBe('2026-01-01T00:00:00.000Z')
      })
    }
  })

  it('stays as Tidemark has spelled it, of every day that exists', () => {
    fc.assert(
      fc.property(own, (time) => {
        expect(canonicalTime(time)).toBe(time)
      }),
    )
    for (let day = Date.UTC(2023, 11, 31); day < Date.UTC(2028, 1, 1); day += 86_400_000) {
      const time = new Date(day).toISOString()
      expect(canonicalTime(time)).toBe(time)
    }
  })

  it('is the same for every text of digits in its form, whether it is parsed or recognised', () => {
    const digits = (length: number, most: number) => fc.nat({ max: most }).map((n) => String(n).padStart(length, '0'))
    const text = fc
      .tuple(digits(4, 9999), digits(2, 14), digits(2, 33), digits(2, 26), digits(2, 62), digits(2, 62), digits(3, 999))
      .map(([y, mo, d, h, mi, s, ms]) => `${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`)
    fc.assert(
      fc.property(text, (time) => {
        expect(canonicalTime(time)).toBe(recordedTime(time)?.toISOString() ?? time)
      }),
      { numRuns: 2000 },
    )
  })

  it('is no time where the text is something else, which is then left as it is', () => {
    for (const text of [
      '',
      'yesterday',
      '2026',
      '2026-01-01',
      'Jan 1 2026',
      '2026-13-01T00:00:00Z',
      ' 2026-01-01T00:00Z',
    ]) {
      expect(recordedTime(text)).toBeUndefined()
      expect(canonicalTime(text)).toBe(text)
    }
  })

  it('is not a number of milliseconds, which would be another document with the same hash', () => {
    const number: unknown = Date.UTC(2026, 0, 1)
    expect(recordedTime(number)).toBeUndefined()
    expect(canonicalTime(number as string)).toBe(number)
  })
})
