import { CosmosError } from './types.ts'

/** An interval `[min, max)` of effective partition keys; the whole key space goes from `''` to `'FF'`. */
export type KeyInterval = { readonly min: string; readonly max: string }

/** The whole key space. */
export const WHOLE: KeyInterval = { min: '', max: 'FF' }

const SPACE = 1n << 126n
const DIGITS = 32

/** Whether an effective partition key, or the beginning of an interval, lies within an interval. */
export function isWithin(key: string, interval: KeyInterval): boolean {
  return key >= interval.min && key < interval.max
}

/** Whether two intervals have a key in common. */
export function overlap(a: KeyInterval, b: KeyInterval): boolean {
  return a.min < b.max && b.min < a.max
}

/** The key space cut into `count` intervals of nearly the same size, in their order. */
export function evenIntervals(count: number): KeyInterval[] {
  const cuts = Array.from({ length: count - 1 }, (_, i) => hex((SPACE * BigInt(i + 1)) / BigInt(count) - 1n))
  return [WHOLE.min, ...cuts].map((min, i) => ({ min, max: cuts[i] ?? WHOLE.max }))
}

/**
 * The middle of an interval.
 *
 * @throws CosmosError 400 when nothing lies between its bounds
 */
export function middleOf({ min, max }: KeyInterval): string {
  const middle = hex((place(min) + (max === WHOLE.max ? SPACE : place(max))) / 2n)
  if (middle <= min || middle >= max) throw new CosmosError(400, 'BadRequest', `[${min}, ${max}) cannot be cut.`)
  return middle
}

function place(key: string): bigint {
  return key === '' ? 0n : BigInt(`0x${key.padEnd(DIGITS, '0')}`)
}

function hex(place: bigint): string {
  return place.toString(16).toUpperCase().padStart(DIGITS, '0')
}
