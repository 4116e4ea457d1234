/** Sums of what was measured within a time that ends now. */
export type SumWindow = {
  /** @param observed milliseconds; not less than before */
  add(observed: number, values: readonly number[]): void
  /** The sum of each value. */
  sums(): readonly number[]
  /** Whether it has been filled for its whole length. */
  readonly isFull: boolean
  forget(): void
}

/** @param length milliseconds */
export function createSumWindow(length: number): SumWindow {
  let entries: { readonly at: number; readonly values: readonly number[] }[] = []
  let begun: number | undefined
  let last = 0

  return {
    add(observed, values) {
      begun ??= observed
      last = observed
      entries.push({ at: observed, values })
      entries = entries.filter(({ at }) => at > observed - length)
    },
    // Anew each time: what is subtracted from a sum of fractions leaves a rest, which would never be 0 again.
    sums() {
      const sums: number[] = []
      for (const { values } of entries) for (const [i, value] of values.entries()) sums[i] = (sums[i] ?? 0) + value
      return sums
    },
    get isFull() {
      return begun !== undefined && last - begun >= length
    },
    forget() {
      entries = []
      begun = undefined
    },
  }
}
