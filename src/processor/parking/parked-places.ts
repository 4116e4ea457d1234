import type { FeedRange } from '../../core/port/change-feed.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'

/** How many parked sequences of a projection version are counted; there may be millions. */
export const MOST_COUNTED = 1_000

/** A parked sequence, as far as it is counted. */
export type ParkedPlace = {
  /** The hash of the stream of the event that parked it, which determines the feed range. */
  readonly hash: string
  /** Since when it has been parked: ISO 8601 in UTC. */
  readonly since: string
}

/** The parked sequences of a projection version that are counted. */
export type ParkedPlaces = {
  readonly places: readonly ParkedPlace[]
  /** Whether there are more, or may be. */
  readonly more: boolean
}

/** What is parked. */
export type ParkedTally = {
  /** Parked sequences; at most 1,000 of a projection version are counted, over all ranges. */
  readonly parked: number
  /** Whether there are more of that version, so that `parked` is the least that there are. */
  readonly moreParked: boolean
  /** Since when the oldest of those that were counted has been parked: ISO 8601 in UTC; null if none is. */
  readonly parkedSince: string | null
}

/** Counts parked sequences. @param range only those that began with an event of this range */
export function tallyOf({ places, more }: ParkedPlaces, range?: FeedRange): ParkedTally {
  const counted = range === undefined ? places : places.filter(({ hash }) => containsHash(range, hash))
  let parkedSince: string | null = null
  for (const { since } of counted) if (parkedSince === null || since < parkedSince) parkedSince = since
  return { parked: counted.length, moreParked: more, parkedSince }
}
