import type { FeedOptions } from '@azure/cosmos'
import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { SentOptions } from '../client/operation.ts'

/** Where the server begins: after an ETag (empty for the start, `*` for the current end), or at a time. */
export type ServerStart = { readonly etag: string } | { readonly since: Date }

// The documented maximum number of items in one page.
const MOST_A_PAGE = 1000

/**
 * A request for a page of the change feed. It consists of headers, because each of the SDK's own iterators reads the
 * definition of the container first, and an account allows 500 such reads in five minutes.
 */
export function feedOptions(options: SentOptions, start: ServerStart, limit: number): FeedOptions {
  const since = 'since' in start ? start.since.toUTCString() : undefined
  const etag = 'etag' in start ? start.etag : ''
  return {
    ...options,
    useIncrementalFeed: true,
    maxItemCount: Math.min(limit, MOST_A_PAGE),
    ...(etag !== '' && { accessCondition: { type: 'IfNoneMatch', condition: etag } }),
    ...(since && { initialHeaders: { ...options.initialHeaders, 'If-Modified-Since': since } }),
  }
}

/** The options for reading a part of a physical partition. */
export const ofPart = (options: SentOptions, { min, max }: HashInterval): SentOptions => ({
  ...options,
  initialHeaders: {
    ...options.initialHeaders,
    'x-ms-read-key-type': 'EffectivePartitionKeyRange',
    'x-ms-start-epk': min,
    'x-ms-end-epk': max,
  },
})
