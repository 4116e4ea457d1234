import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference, type Sample } from '../../../../src/demo/import/reading/difference.ts'
import { KWH } from '../../../../src/demo/import/reading/energy.ts'

const HOUR = 3_600_000

const sample = (hour: number, kwh: number): Sample => ({ line: hour + 2, time: hour * HOUR, energy: BigInt(kwh) * KWH })

describe('difference', () => {
  it('takes the first register as the base', () => {
    expect(difference([sample(1, 5)], undefined, HOUR)).toEqual({ intervals: [], base: sample(1, 5), refused: [] })
  })

  it('gives an interval to the reading that ends it, and marks those over a gap', () => {
    const { intervals } = difference([sample(1, 5), sample(2, 7), sample(6, 12)], undefined, HOUR)
    expect(intervals).toEqual([
      { ...sample(2, 2), gap: false },
      { ...sample(6, 5), gap: true },
    ])
  })

  it('keeps the last good register as the base when one goes back or jumps', () => {
    const samples = [sample(1, 5), sample(2, 3), sample(3, 900_000_000), sample(4, 8)]
    const { intervals, base, refused } = difference(samples, undefined, HOUR)
    expect(intervals).toEqual([{ ...sample(4, 3), gap: true }])
    expect(base).toEqual(sample(4, 8))
    expect(refused.map(({ sample, base }) => [sample.line, base.line])).toEqual([
      [4, 3],
      [5, 3],
    ])
  })

  it('conserves energy over any holes, wherever the file is cut into pieces', () => {
    const register = fc.record({
      hours: fc.integer({ min: 1, max: 50 }),
      more: fc.bigInt({ min: 0n, max: 10n ** 12n }),
    })
    fc.assert(
      fc.property(fc.array(register, { minLength: 1, maxLength: 60 }), fc.nat(60), (steps, cut) => {
        let last: Sample = { line: 1, time: 0, energy: 0n }
        const samples = steps.map(({ hours, more }) => {
          last = { line: last.line + 1, time: last.time + hours * HOUR, energy: last.energy + more }
          return last
        })
        const whole = difference(samples, undefined, HOUR)
        const first = difference(samples.slice(0, cut), undefined, HOUR)
        const second = difference(samples.slice(cut), first.base, HOUR)
        expect([...first.intervals, ...second.intervals]).toEqual(whole.intervals)
        const sum = whole.intervals.reduce((total, { energy }) => total + energy, 0n)
        expect(sum).toBe(last.energy - (samples[0] as Sample).energy)
        expect(whole.intervals.map(({ gap }) => gap)).toEqual(steps.slice(1).map(({ hours }) => hours > 1))
      }),
    )
  })

  it('conserves energy between the good registers when others are wrong', () => {
    const kwh = fc.bigInt({ min: 0n, max: 10n ** 13n })
    fc.assert(
      fc.property(fc.array(kwh, { minLength: 1, maxLength: 40 }), (registers) => {
        const samples = registers.map((energy, i) => ({ line: i + 1, time: i * HOUR, energy }))
        const { intervals, base, refused } = difference(samples, undefined, HOUR)
        expect(intervals.length + refused.length + 1).toBe(samples.length)
        const sum = intervals.reduce((total, { energy }) => total + energy, 0n)
        expect(sum).toBe((base as Sample).energy - (samples[0] as Sample).energy)
        expect(intervals.every(({ energy }) => energy >= 0n)).toBe(true)
      }),
    )
  })
})
