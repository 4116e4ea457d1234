import type { FeedRange } from '../../../core/port/change-feed.ts'

/** A feed range, and the slot whose order it is read in. */
export type SlotPart = {
  readonly slot: number
  readonly range: FeedRange
  /** Whether the range is only a part of the slot. */
  readonly isPart: boolean
}

/** What selects the events of a range behind an LSN, up to another one, by the index of slot and LSN. */
export const eventsBetween = ({ slot, range, isPart }: SlotPart, behind: number, upTo: number) => ({
  slot,
  lsn: { $gt: behind, $lte: upTo },
  ...(isPart && { hash: { $gte: range.min, $lt: range.max } }),
})

/** The order of that index, and what names it: searches say which index they go by, so that none is tried out. */
export const FEED_ORDER = { slot: 1, lsn: 1, hash: 1, 'stream.version': 1 } as const

/** The order of the index of those that have no LSN yet. */
export const PENDING_ORDER = {
  slot: 1,
  'metadata.recordedAt': 1,
  'stream.id': 1,
  'stream.version': 1,
} as const
