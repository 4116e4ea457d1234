/** The time that a run may take, which its measures share. */
export type Budget = {
  /**
   * When the next measure should begin no further round, by `performance.now()`; undefined when the time is up. What one
   * measure leaves, the others share.
   */
  next(): number | undefined
}

/** A run that takes as long as it takes. */
export const unlimited: Budget = { next: () => Number.POSITIVE_INFINITY }

/** @param total milliseconds from now on, for so many measures */
export function budgetOf(total: number, measures: number, now = () => performance.now()): Budget {
  const end = now() + total
  let left = measures
  return {
    next() {
      const at = now()
      return at < end ? at + (end - at) / Math.max(1, left--) : undefined
    },
  }
}
