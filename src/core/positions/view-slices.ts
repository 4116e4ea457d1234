import type { HashInterval } from './hash-interval.ts'

/**
 * The slices of the hash space by which the views of a merged projection are stored, as their lower bounds in order,
 * the first of them `''`. They are fixed for a version of a projection; see
 * docs/adr/0028-hot-views-are-stored-in-parts-and-merged-on-read.md.
 */
export type ViewSlices = readonly string[]

// Each read of a view reads this many documents.
const MOST_SLICES = 32

const SUFFIX = /~\d{1,2}$/
const SUFFIX_LENGTH = 3

/**
 * The slices for feed ranges, with about the same number of ranges in each; undefined for one range, which needs none.
 */
export function slicesOf(ranges: readonly HashInterval[]): ViewSlices | undefined {
  const bounds = ranges.map(({ min }) => min).sort()
  const count = Math.min(bounds.length, MOST_SLICES)
  if (count < 2) return undefined
  return Array.from({ length: count }, (_, i) => bounds[Math.floor((i * bounds.length) / count)] as string)
}

/** The key of the part of a view that events of a stream with this hash are folded into. */
export function partKey(key: string, slices: ViewSlices, hash: string): string {
  let slice = 0
  while (slice + 1 < slices.length && (slices[slice + 1] as string) <= hash) slice++
  return `${key}~${slice}`
}

/** The keys of all parts of a view. */
export const partKeys = (key: string, slices: ViewSlices): readonly string[] => slices.map((_, i) => `${key}~${i}`)

/** The key of the view that a part belongs to. */
export const keyOfPart = (key: string): string => key.replace(SUFFIX, '')

/** The reason why a key is invalid for a merged view, or undefined. */
export function mergedKeyFault(key: string): string | undefined {
  if (SUFFIX.test(key)) return 'keys of a projection with merge must not end with ~ and a number'
  if (key.length > 200 - SUFFIX_LENGTH) {
    return `keys of a projection with merge have at most ${200 - SUFFIX_LENGTH} characters`
  }
  return undefined
}

/** Whether two versions of a projection are stored by the same slices. */
export const sameSlices = (a: ViewSlices | undefined, b: ViewSlices | undefined): boolean =>
  a === b || (a?.length === b?.length && !!a?.every((bound, i) => bound === b?.[i]))
