import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Day, meterDays } from '../../../../src/demo/import/meter-days.ts'
import type { Sample } from '../../../../src/demo/import/reading/difference.ts'
import { KWH } from '../../../../src/demo/import/reading/energy.ts'

const HOUR = 3_600_000
const start = Date.parse('2015-12-30T00:00:00Z')

let line = 0
const sample = (hour: number, kwh: number): Sample => ({
  line: ++line,
  time: start + hour * HOUR,
  energy: BigInt(kwh) * KWH,
})

function gather(values: 'registers' | 'intervals', samples: readonly Sample[]) {
  const refused: [number, string][] = []
  const days = meterDays({ values, step: HOUR, refuse: (line, reason) => refused.push([line, reason]) })
  const found = [...samples.map((sample) => days.add(sample)), days.end()].filter((day) => day !== undefined)
  return { days: found, refused }
}

const outline = (days: readonly Day[]) =>
  days.map(({ date, intervals }) => [date, ...intervals.map(({ energy }) => Number(energy / KWH))])

describe('meterDays', () => {
  it('gives a register of midnight to the day that it begins', () => {
    const { days } = gather('registers', [sample(22, 1), sample(23, 2), sample(24, 4), sample(25, 7)])
    expect(outline(days)).toEqual([
      ['2015-12-30', 1],
      ['2015-12-31', 2, 3],
    ])
  })

  it('makes no day of a base alone, nor of a day without samples', () => {
    const { days } = gather('registers', [sample(1, 1), sample(80, 5)])
    expect(outline(days)).toEqual([['2016-01-02', 4]])
    expect(days[0]?.intervals[0]?.gap).toBe(true)
  })

  it('puts the lines of a day in order', () => {
    const { days, refused } = gather('registers', [sample(0, 1), sample(2, 5), sample(1, 2)])
    expect(outline(days)).toEqual([['2015-12-30', 1, 3]])
    expect(refused).toEqual([])
  })

  it('passes over a repeated line and refuses one that says something else', () => {
    const samples = [sample(0, 1), sample(1, 2), sample(1, 2), sample(1, 3)]
    const { days, refused } = gather('intervals', samples)
    expect(outline(days)).toEqual([['2015-12-30', 1, 2]])
    expect(refused).toEqual([[samples[3]?.line, expect.stringContaining(`line ${samples[1]?.line}`)]])
  })

  it('refuses a register that goes back, one that jumps, and an interval that no meter counts', () => {
    const { refused } = gather('registers', [sample(0, 5), sample(1, 4), sample(2, 5_000_000)])
    expect(refused.map(([, reason]) => reason)).toEqual([
      expect.stringMatching(/decreases to 4 from 5 kWh/),
      expect.stringMatching(/jumps to 5000000 from 5 kWh/),
    ])
    const intervals = gather('intervals', [sample(0, 5), sample(1, 1_000_001)])
    expect(outline(intervals.days)).toEqual([['2015-12-30', 5]])
    expect(intervals.refused).toHaveLength(1)
  })

  it('holds every interval once, in days that follow each other, and conserves the register', () => {
    const step = fc.record({ hours: fc.integer({ min: 1, max: 60 }), more: fc.nat(9) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 80 }), (steps) => {
        let hour = 0
        let kwh = 0
        const samples = steps.map(({ hours, more }) => {
          hour += hours
          kwh += more
          return sample(hour, kwh)
        })
        const { days, refused } = gather('registers', samples)
        expect(refused).toEqual([])
        const dates = days.map(({ date }) => date)
        expect(dates).toEqual([...new Set(dates)].sort())
        for (const { date, intervals } of days) {
          for (const { time } of intervals) expect(new Date(time).toISOString().slice(0, 10)).toBe(date)
        }
        const intervals = days.flatMap(({ intervals }) => intervals)
        expect(intervals.map(({ time }) => time)).toEqual(samples.slice(1).map(({ time }) => time))
        const sum = intervals.reduce((total, { energy }) => total + energy, 0n)
        expect(sum).toBe(BigInt(kwh - (steps[0]?.more ?? 0)) * KWH)
      }),
    )
  })
})
