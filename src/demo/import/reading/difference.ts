import { MAX_KWH } from '../../domain/readings.ts'
import { type Energy, KWH } from './energy.ts'

/** A value of one meter as it stands in the file: a register, or what was consumed in an interval. */
export type Sample = {
  /** 1-based number of its line. */
  readonly line: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly energy: Energy
}

/** What was consumed up to a reading, since the one before. */
export type Interval = Sample & {
  /** Whether readings between the two are missing, so that this stands for more than one step of the grid. */
  readonly gap: boolean
}

/** What differencing registers came to. */
export type Differences = {
  readonly intervals: readonly Interval[]
  /** The last register that was good: the base of what follows. */
  readonly base: Sample | undefined
  /** Registers that cannot be, each with the base that it was compared with. */
  readonly refused: readonly { readonly sample: Sample; readonly base: Sample }[]
}

/** The most that a meter can have counted between two readings. */
export const MOST: Energy = BigInt(MAX_KWH) * KWH

/**
 * Turns cumulative registers into intervals. Each belongs to the reading that ends it, so the sum of all is the last
 * register minus the first one, however many readings are missing. The very first register is a base and makes none.
 *
 * A register below its base, or above it by more than {@link MOST}, is left out and the base stays, so that the sum still holds. A meter that was exchanged or
 * rolled over thus has all its registers refused until they pass the old ones: what such a jump means, a file of bare
 * registers does not say.
 *
 * @param samples in the order of time, no moment twice
 * @param base the last register before them; undefined where there is none
 * @param step milliseconds between two readings when none is missing
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
