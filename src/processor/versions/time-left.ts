/** The rate at which the lag falls, and the time until it is 0. */
export type Estimate = {
  /** The decrease of the lag in events per second: below 0 if more events arrive than are folded. */
  readonly rate: number
  /** Milliseconds until the lag is 0 at that rate; null if it does not fall, or is not known yet. */
  readonly left: number | null
}

type Sample = { readonly at: number; readonly behind: number }

// Older samples say little about now, and shorter windows jump with every page.
const WINDOW = 30_000

/**
 * Creates a function that takes the current lag and returns the time until it is 0. It uses the actual decrease, new
 * events included: a version that is slower than the appends never catches up, and the result says so.
 */
export function createEstimate(): (at: number, behind: number) => Estimate {
  let samples: readonly Sample[] = []
  return (at, behind) => {
    samples = [...samples.filter((sample) => at - sample.at <= WINDOW), { at, behind }]
    const first = samples[0] as Sample
    if (at <= first.at) return { rate: 0, left: behind === 0 ? 0 : null }
    const rate = ((first.behind - behind) * 1000) / (at - first.at)
    const left = behind === 0 ? 0 : rate > 0 ? Math.round((behind * 1000) / rate) : null
    return { rate, left }
  }
}
