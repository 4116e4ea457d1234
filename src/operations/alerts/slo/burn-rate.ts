/** What is known of a time: `known` seconds of it were observed, with some attempts or seconds, of which some were bad. */
export type Sums = { readonly known: number; readonly total: number; readonly bad: number }

/** How fast an error budget is used up: 1 uses it up exactly within the period of the objective. */
export type Burn = {
  /** As if everything that was not observed had been good: what is missing must not raise an alarm. */
  readonly least: number
  /** By what was observed alone; null if that is less than half of the time: what is missing must not end an alarm. */
  readonly typical: number | null
}

const LEAST_COVERAGE = 0.5

/**
 * The burn rate of a time. The idea is the SRE Workbook's, chapter 5.
 *
 * @param seconds the length of the time
 * @param target the share that must be good, below 1
 */
export function burnOf({ known, total, bad }: Sums, seconds: number, target: number): Burn {
  const ratio = total === 0 ? 0 : bad / total
  const coverage = Math.min(1, known / seconds)
  const rate = ratio / (1 - target)
  return { least: rate * coverage, typical: coverage < LEAST_COVERAGE ? null : rate }
}
