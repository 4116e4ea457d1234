import { describe, expect, it } from 'vitest'
import { moment } from '../../../src/cli/support/options.ts'

describe('a moment on the command line', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.125+02:00', '2026-01-31T10:00:00.125Z'],
    ['2026-01-31T23:30:00-01:00', '2026-02-01T00:30:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is taken, wherever the machine stands', (text, expected) => {
    const zone = process.env.TZ
    try {
      for (const TZ of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
        process.env.TZ = TZ
        expect(moment(text).toISOString()).toBe(expected)
      }
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
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
