/**
 * An interval `[min, max)` of the partition-key hash space. Hashes and bounds are upper-case hexadecimal and compared
 * as strings, as Cosmos DB does with its effective partition keys: `''` lies below every hash, `'FF'` above.
 */
export type HashInterval = {
  /** The lowest hash inside. */
  readonly min: string
  /** The lowest hash outside again. */
  readonly max: string
}

/** An interval as people read and type it, everywhere: `0-20000000`, where `0` is the start of the hash space. */
export const intervalText = ({ min, max }: HashInterval): string => `${min || '0'}-${max}`

/** The whole hash space. */
export const fullInterval: HashInterval = { min: '', max: 'FF' }

/** Whether `hash` lies in the interval. */
export const containsHash = (interval: HashInterval, hash: string): boolean =>
  hash >= interval.min && hash < interval.max

/** Whether `inner` lies wholly in `outer`. */
export const containsInterval = (outer: HashInterval, inner: HashInterval): boolean =>
  inner.min >= outer.min && inner.max <= outer.max

/** Whether the two are the same interval. */
export const sameInterval = (a: HashInterval, b: HashInterval): boolean => a.min === b.min && a.max === b.max

/** Whether the two have a hash in common. */
export const overlaps = (a: HashInterval, b: HashInterval): boolean => a.min < b.max && b.min < a.max
