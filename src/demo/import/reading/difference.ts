import { MAX_KWH } from '../../domain/meters/readings.ts'
import { type Energy, KWH } from './energy.ts'

/** A value of one meter as it is in the file: a register, or the consumption of an interval. */
export type Sample = {
  /** 1-based number of its line. */
  readonly line: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly energy: Energy
}

/** The consumption up to a reading, since the previous one. */
export type Interval = Sample & {
  /** Whether readings between the two are missing, so that this covers more than one step of the grid. */
  readonly gap: boolean
}

/** The result of differencing registers. */
export type Differences = {
  readonly intervals: readonly Interval[]
  /** The last good register: the base for the following ones. */
  readonly base: Sample | undefined
  /** Impossible registers, each with the base that it was compared with. */
  readonly refused: readonly { readonly sample: Sample; readonly base: Sample }[]
}

/** The most that a meter can have counted between two readings. */
export const MOST: Energy = BigInt(MAX_KWH) * KWH

/**
 * Converts cumulative registers into intervals. Each belongs to the reading that ends it, so their sum is the last
 * register minus the first, however many readings are missing. The very first register is a base without an interval.
 *
 * A register below its base, or above it by more than {@link MOST}, is left out and the base stays, so that the sum
 * still holds. A meter that was replaced or overflowed thus has all its registers refused until they pass the old ones,
 * because a file of bare registers does not explain such a jump.
 *
 * @param samples in the order of time, no moment twice
 * @param base the last register before them; undefined if there is none
 * @param step milliseconds between two readings if none is missing
 */
export function difference(samples: readonly Sample[], base: Sample | undefined, step: number): Differences {
  const intervals: Interval[] = []
  const refused: { sample: Sample; base: Sample }[] = []
  for (const sample of samples) {
    if (base !== undefined) {
      const energy = sample.energy - base.energy
      if (energy < 0n || energy > MOST) {
        refused.push({ sample, base })
        continue
      }
      intervals.push({ ...sample, energy, gap: sample.time - base.time > step })
    }
    base = sample
  }
  return { intervals, base, refused }
}
