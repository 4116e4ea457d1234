/** How fast events become fewer, and when none are left. */
export type Estimate = {
  /** Events a second by which what waits became less: below 0 when more come than are folded. */
  readonly rate: number
  /** Milliseconds until none wait, at that rate; null when it does not come nearer, or is not known yet. */
  readonly left: number | null
}

type Sample = { readonly at: number; readonly behind: number }

// What is further back says little about now, and what is nearer jumps with every page.
const WINDOW = 30_000

/**
 * Makes a function that takes how many events wait now, and tells how long it takes until none do. It goes by what
 * really became less, new events included: a version that is slower than the appends never arrives, and it says so.
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
