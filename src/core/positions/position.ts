import type { HashInterval } from './hash-interval.ts'

/**
 * Where an event is in a feed range: its LSN, the hash of its stream's id, its version, compared in that order. An LSN
 * alone is not enough: the events of one append share one on Cosmos DB, and after a merge two streams may.
 */
export type Position = {
  readonly lsn: number
  readonly hash: string
  readonly version: number
}

/** The last position folded into a view, for one part of the hash space. */
export type Tidemark = HashInterval &
  Position & {
    /** The mark of the event there (see `eventMark`); older tidemarks have none. */
    readonly event?: string
  }

/** Below 0, 0 or above 0, if `a` is before, at or after `b`. */
export function comparePositions(a: Position, b: Position): number {
  if (a.lsn !== b.lsn) return a.lsn - b.lsn
  if (a.hash !== b.hash) return a.hash < b.hash ? -1 : 1
  return a.version - b.version
}
