import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InstanceReport } from '../../../../src/operations/model/instance-report.ts'
import { createMeasuring } from '../../../../src/operations/sampler/measured.ts'
import { createObserver } from '../../../../src/operations/sampler/observed-instances.ts'
import { bucketsOf, reportWith } from '../../../support/operations/reports.ts'

const start = Date.UTC(2026, 0, 1)
const iso = (seconds: number) => new Date(start + seconds * 1_000).toISOString()

/** Reads reports each second, and measures. */
function measuring() {
  const observe = createObserver()
  const measure = createMeasuring()
  return (second: number, reports: readonly InstanceReport[] | null) => {
    const now = start + second * 1_000
    return measure(reports && observe(reports, now, now), 1)
  }
}

describe('what processes did between two snapshots', () => {
  it('is unknown until a process has reported twice', () => {
    const at = measuring()
    expect(at(0, [])).toMatchObject({ appended: null, durations: {} })
    const measure = measuring()
    expect(measure(0, [reportWith({ totals: { appended: 500 } })]).appended).toBeNull()
    const next = reportWith({ reportedAt: iso(5), totals: { appended: 512 } })
    expect(measure(5, [next]).appended).toBe(2)
  })

  it('is spread over the time until the next report', () => {
    const measure = measuring()
    measure(0, [reportWith({ totals: { appended: 500, throttled: 0 } })])
    const next = [reportWith({ reportedAt: iso(5), totals: { appended: 512, throttled: 0 } })]
    const seconds = [5, 6, 7, 8, 9, 10, 11].map((second) => measure(second, next))
    expect(seconds.map(({ appended }) => appended)).toEqual([2, 2, 2, 2, 2, 2, 0])
    expect(seconds[0]).toMatchObject({ throttled: 0, requests: null })
  })

  it('begins at 0 for a process that starts while others are watched', () => {
    const measure = measuring()
    measure(0, [])
    expect(measure(1, [reportWith({ totals: { requests: 12 } })]).requests).toBe(2)
  })

  it('is never negative, because a process with the same id that began anew begins at 0', () => {
    const measure = measuring()
    measure(0, [reportWith({ totals: { appended: 500 }, durations: { append: bucketsOf(400, 100) } })])
    const again = {
      startedAt: iso(4),
      reportedAt: iso(5),
      totals: { appended: 24 },
      durations: { append: bucketsOf(24) },
    }
    const { appended, durations } = measure(5, [reportWith(again)])
    expect(appended).toBe(4)
    expect(durations.append).toEqual(bucketsOf(4))
  })

  it('contains nothing of a process that is missing, and is unknown if all are', () => {
    const measure = measuring()
    const others = (second: number) => [
      reportWith({ totals: { requests: 100 } }),
      reportWith({ id: 'api:2', reportedAt: iso(second), totals: { requests: second * 10 } }),
    ]
    for (let second = 0; second < 15; second++) measure(second, others(second - (second % 5)))
    expect(measure(15, others(15)).requests).toBeCloseTo(10, 0)
    for (let second = 16; second <= 29; second++) measure(second, others(15))
    expect(measure(30, others(15)).requests).toBeNull()
  })

  it('contains the last report of a process that stopped', () => {
    const measure = measuring()
    measure(0, [reportWith({ totals: { requests: 0 } })])
    const last = [reportWith({ reportedAt: iso(1), stoppedAt: iso(1), totals: { requests: 6 } })]
    const all = [1, 2, 3, 4, 5, 6, 10, 11].map((second) => measure(second, last).requests)
    expect(all).toEqual([1, 1, 1, 1, 1, 1, 0, null])
  })

  it('is unknown while the reports cannot be read, and is counted afterwards', () => {
    const measure = measuring()
    measure(0, [reportWith({ totals: { requests: 0 } })])
    expect(measure(1, null).requests).toBeNull()
    expect(measure(5, [reportWith({ reportedAt: iso(5), totals: { requests: 60 } })]).requests).toBe(10)
  })

  it('counts everything once, however reports and snapshots meet', () => {
    const step = fc.record({ amount: fc.nat(1_000), after: fc.integer({ min: 1, max: 14 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const measure = measuring()
        let [second, total, counted] = [0, 0, 0]
        const report = () => [reportWith({ reportedAt: iso(second), totals: { folded: total } })]
        measure(second, report())
        for (const { amount, after } of steps) {
          const before = report()
          for (let i = 1; i < after; i++) counted += measure(second + i, before).folded ?? 0
          second += after
          total += amount
          counted += measure(second, report()).folded ?? 0
        }
        for (let i = 1; i <= 6; i++) counted += measure(second + i, report()).folded ?? 0
        expect(counted).toBeCloseTo(total, 6)
      }),
    )
  })
})
