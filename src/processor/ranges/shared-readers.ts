import type { ChangeFeed, FeedRange } from '../../core/port/change-feed.ts'
import { createRangeReader, type RangeReader } from './range-reader.ts'

/** A projection's use of the reader of a range, which it shares with the others on the range. */
export type OpenReader = RangeReader & {
  /** Ends this use; the last one ends reading. */
  close(): void
}

/** Creates a pool of range readers shared by all projections. @param signal ends all reading */
export function createReaders(feed: ChangeFeed, pageSize: number, signal: AbortSignal) {
  const open = new Map<string, { readonly reader: RangeReader; readonly end: AbortController; uses: number }>()
  return (range: FeedRange): OpenReader => {
    const id = `${range.min}-${range.max}`
    let shared = open.get(id)
    if (shared === undefined) {
      const end = new AbortController()
      const reader = createRangeReader(feed, range, pageSize, AbortSignal.any([signal, end.signal]))
      shared = { reader, end, uses: 0 }
      open.set(id, shared)
    }
    const { reader, end } = shared
    shared.uses++
    let closed = false
    return {
      listen: () => reader.listen(),
      read: (place, since) => reader.read(place, since),
      close() {
        if (closed) return
        closed = true
        if (--shared.uses > 0) return
        open.delete(id)
        end.abort()
      },
    }
  }
}
