import { describe, expect, it } from 'vitest'
import { duration, moment } from '../../../src/cli/support/options.ts'
import { inZone } from '../../support/in-zone.ts'

describe('a moment on the command line', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.125+02:00', '2026-01-31T10:00:00.125Z'],
    ['2026-01-31T23:30:00-01:00', '2026-02-01T00:30:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is taken, wherever the machine stands', async (text, expected) => {
    for (const zone of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
      await inZone(zone, () => expect(moment(text).toISOString()).toBe(expected))
    }
  })

  it.each(['2026-01-31T12:00:00', '2026-01-31T12:00'])('%s needs a zone, and is told so', (text) => {
    expect(() => moment(text)).toThrow(/Expected a time zone: .*Z is UTC/)
  })

  it.each(['', 'yesterday', '2026', '2026-01', '01/31/2026', '2026-02-30', '2026-02-31T10:00:00Z', '2026-13-01', '1'])(
    '%j is none',
    (text) => {
      expect(() => moment(text)).toThrow(/Expected a time such as/)
    },
  )
})

describe('a duration on the command line', () => {
  it.each([
    ['0m', 0],
    ['90s', 90_000],
    ['90m', 5_400_000],
    ['36h', 129_600_000],
    ['7d', 604_800_000],
  ])('%s is %d milliseconds', (text, expected) => {
    expect(duration(text)).toBe(expected)
  })

  it.each(['', '7', 'd', '-1d', '1.5h', '7 d', '7w', '1234567d'])('%j is refused', (text) => {
    expect(() => duration(text)).toThrow('Expected a duration such as 90m, 36h or 7d.')
  })
})
