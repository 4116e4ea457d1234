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
  let sums: number[] = []
  let begun: number | undefined
  let last = 0

  function change(values: readonly number[], sign: 1 | -1) {
    for (const [i, value] of values.entries()) sums[i] = (sums[i] ?? 0) + sign * value
  }

  return {
    add(observed, values) {
      begun ??= observed
      last = observed
      entries.push({ at: observed, values })
      change(values, 1)
      const stale = entries.findIndex(({ at }) => at > observed - length)
      for (const { values: old } of entries.splice(0, Math.max(0, stale))) change(old, -1)
    },
    sums: () => sums,
    get isFull() {
      return begun !== undefined && last - begun >= length
    },
    forget() {
      entries = []
      sums = []
      begun = undefined
    },
  }
}
