import type { Reading } from '../../state/streak.ts'

const MINUTE = 60_000

/** Whether a number grows from minute to minute, by the least value of each: a peak within a minute does not count. */
export type Trend = {
  /** @param observed milliseconds; not less than before */
  add(observed: number, value: number): Reading
}

/** @param least the number below which growth does not matter */
export function createTrend(least: number): Trend {
  let minute = Number.NaN
  let lowest = 0
  let before: number | undefined
  let verdict: Reading | undefined

  function finish(next: number) {
    verdict = before === undefined ? undefined : compare(before, lowest)
    before = lowest
    // A minute without a value interrupts the comparison.
    if (next !== minute + 1) {
      before = undefined
      verdict = undefined
    }
  }

  function compare(earlier: number, later: number): Reading {
    if (later < earlier || later === 0) return 'calm'
    return later > earlier && later >= least ? 'holds' : 'between'
  }

  return {
    add(observed, value) {
      const now = Math.floor(observed / MINUTE)
      if (now === minute) lowest = Math.min(lowest, value)
      else {
        if (!Number.isNaN(minute)) finish(now)
        minute = now
        lowest = value
      }
      return verdict ?? (value === 0 ? 'calm' : 'between')
    },
  }
}
