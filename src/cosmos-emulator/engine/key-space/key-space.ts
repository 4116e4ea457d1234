import type { PartitionKeyValue } from './partition-key.ts'

/** An interval `[min, max)` of effective partition keys; the whole key space goes from `''` to `'FF'`. */
export type KeyInterval = { readonly min: string; readonly max: string }

/** The whole key space. */
export const WHOLE: KeyInterval = { min: '', max: 'FF' }

/** How partition keys become places, and how the space of these is cut. There is one for each version of the hash. */
export type KeySpace = {
  /** The effective partition key of a value: hexadecimal digits in upper case, which are compared as text. */
  placeOf(value: PartitionKeyValue): string
  /** The places that cut the space into `count` parts of nearly the same size, in their order. */
  evenCuts(count: number): string[]
  /**
   * The middle of an interval.
   *
   * @throws CosmosError 400 when nothing lies between its bounds
   */
  middleOf(interval: KeyInterval): string
}

/** Whether an effective partition key, or the beginning of an interval, lies within an interval. */
export function isWithin(key: string, interval: KeyInterval): boolean {
  return key >= interval.min && key < interval.max
}

/** Whether two intervals have a key in common. */
export function overlap(a: KeyInterval, b: KeyInterval): boolean {
  return a.min < b.max && b.min < a.max
}

/** The key space cut into `count` intervals of nearly the same size, in their order. */
export function evenIntervals(space: KeySpace, count: number): KeyInterval[] {
  const cuts = space.evenCuts(count)
  return [WHOLE.min, ...cuts].map((min, i) => ({ min, max: cuts[i] ?? WHOLE.max }))
}
