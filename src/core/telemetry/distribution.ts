/** Values in buckets that can be added to those of other collections and processes. */
export type Distribution = {
  /** How many values there are. */
  readonly count: number
  readonly sum: number
  readonly largest: number
  /** How many are at most as large as each boundary, and larger than the one before; the last: larger than all. */
  readonly buckets: readonly number[]
}

/** A distribution that grows. */
export type Distributing = {
  add(value: number): void
  read(): Distribution
}

/** @param boundaries ascending; a value that equals one belongs below it */
export function createDistribution(boundaries: readonly number[]): Distributing {
  const buckets = Array.from({ length: boundaries.length + 1 }, () => 0)
  let [count, sum, largest] = [0, 0, Number.NEGATIVE_INFINITY]
  return {
    add(value) {
      count++
      sum += value
      largest = Math.max(largest, value)
      const at = boundaries.findIndex((boundary) => value <= boundary)
      const bucket = at === -1 ? boundaries.length : at
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
    },
    read: () => ({ count, sum, largest, buckets }),
  }
}
