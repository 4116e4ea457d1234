import { dateOf } from '../domain/calendar.ts'
import type { Format } from './formats/format.ts'
import { difference, type Interval, MOST, type Sample } from './reading/difference.ts'
import { toKwh } from './reading/energy.ts'
import { dayOf } from './reading/timestamp.ts'

/** The intervals of one meter with timestamps in one UTC day, in order. */
export type Day = { readonly date: string; readonly intervals: readonly Interval[] }

/** Collects the samples of one meter into days. */
export type MeterDays = {
  /** Adds a sample of the same day or a later one; returns the previous day when it begins another. */
  add(sample: Sample): Day | undefined
  /** The day that is still open at the end of the file. */
  end(): Day | undefined
}

/** What collecting days requires, and the callback for an unusable line. */
export type MeterDaysOptions = Pick<Format, 'values'> & {
  /** Milliseconds between two readings if none is missing. */
  readonly step: number
  readonly refuse: (line: number, reason: string) => void
}

/**
 * Collects the samples of one meter into days and, if they are registers, converts them into intervals. Only one day is
 * held in memory, and within it samples may come in any order. The same value for the same moment again is skipped;
 * another value for it is refused.
 */
export function meterDays({ values, step, refuse }: MeterDaysOptions): MeterDays {
  let samples = new Map<number, Sample>()
  let today: number | undefined
  let base: Sample | undefined

  const close = (): Day | undefined => {
    const sorted = [...samples.values()].sort((a, b) => a.time - b.time)
    const first = sorted[0]
    samples = new Map()
    const intervals = values === 'registers' ? fromRegisters(sorted) : sorted.filter(isPossible).map(toInterval)
    return first === undefined || intervals.length === 0 ? undefined : { date: dateOf(first.time), intervals }
  }

  const fromRegisters = (sorted: readonly Sample[]): readonly Interval[] => {
    const differences = difference(sorted, base, step)
    base = differences.base
    for (const { sample, base } of differences.refused) {
      const how = sample.energy < base.energy ? 'decreases' : 'jumps'
      const registers = `${toKwh(sample.energy)} from ${toKwh(base.energy)} kWh (line ${base.line})`
      refuse(sample.line, `the register ${how} to ${registers}`)
    }
    return differences.intervals
  }

  const isPossible = ({ line, energy }: Sample): boolean => {
    if (energy > MOST) refuse(line, `${toKwh(energy)} kWh is more than a meter counts in one interval`)
    return energy <= MOST
  }

  return {
    add(sample) {
      const finished = dayOf(sample.time) === today ? undefined : close()
      today = dayOf(sample.time)
      const same = samples.get(sample.time)
      if (same === undefined) samples.set(sample.time, sample)
      else if (same.energy !== sample.energy) {
        refuse(sample.line, `line ${same.line} has another value, ${toKwh(same.energy)}, for the same moment`)
      }
      return finished
    },
    end: close,
  }
}

const toInterval = (sample: Sample): Interval => ({ ...sample, gap: false })
