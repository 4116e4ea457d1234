import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, formatTimestamp, isOnGrid, parseTimestamp } from '../../../../src/demo/import/reading/timestamp.ts'

const utc = (text: string) => Date.parse(text)

describe('parseTimestamp', () => {
  it.each([
    ['2015-10-04T01:00:00Z', '2015-10-04T01:00:00Z'],
    ['2011-12-10 00:30:00', '2011-12-10T00:30:00Z'],
    ['2012-10-12 00:30:00.0000000', '2012-10-12T00:30:00Z'],
    ['2015-10-04T03:00', '2015-10-04T03:00:00Z'],
    ['2015-10-04T03:00:00+0200', '2015-10-04T01:00:00Z'],
    ['2015-10-04T03:00:00+05:30', '2015-10-03T21:30:00Z'],
    ['2015-12-31T20:00:00-0800', '2016-01-01T04:00:00Z'],
    ['2016-02-29T23:59:59Z', '2016-02-29T23:59:59Z'],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(utc(expected))
  })

  it.each([
    '',
    '2015-10-04',
    '04/10/2015 01:00',
    '2015-02-29T00:00:00Z',
    '2015-13-01T00:00:00Z',
    '2015-00-10T00:00:00Z',
    '2015-10-04T24:00:00Z',
    '2015-10-04T10:60:00Z',
    '2015-10-04T10:00:60Z',
    '2015-10-04T10:00:00+1500',
    '0015-10-04T10:00:00Z',
    '2015-10-04T10:00:00Z.',
    '1444006800',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined()
  })

  it('reads back what it formats, and what Date formats', () => {
    const seconds = fc.integer({ min: utc('1000-01-01T00:00:00Z') / 1000, max: utc('9999-12-31T00:00:00Z') / 1000 })
    fc.assert(
      fc.property(seconds, (second) => {
        const time = second * 1000
        expect(parseTimestamp(formatTimestamp(time))).toBe(time)
        expect(parseTimestamp(new Date(time).toISOString())).toBe(time)
        expect(formatTimestamp(dayOf(time) * 86_400_000)).toBe(`${formatTimestamp(time).slice(0, 10)}T00:00:00Z`)
      }),
    )
  })
})

describe('isOnGrid', () => {
  it('sees the smallest part of a second', () => {
    expect(isOnGrid(parseTimestamp('2015-10-04T10:30:00.0000001Z') ?? 0, 30)).toBe(false)
    expect(isOnGrid(parseTimestamp('2015-10-04T10:30:00.0000000Z') ?? 1, 30)).toBe(true)
    expect(isOnGrid(parseTimestamp('2015-10-04T10:15:00Z') ?? 0, 30)).toBe(false)
  })
})
