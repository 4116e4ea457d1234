import type { Item } from '../types.ts'

/**
 * When a document expires, in seconds since 1970, or `undefined` for never.
 *
 * @param defaultTtl the container's seconds to live; -1: only documents with a `ttl` of their own expire; none: nothing
 */
export function expiryOf(item: Item, defaultTtl: number | undefined): number | undefined {
  if (defaultTtl === undefined) return undefined
  const seconds = typeof item.ttl === 'number' ? item.ttl : defaultTtl
  return seconds < 0 ? undefined : item._ts + seconds
}
