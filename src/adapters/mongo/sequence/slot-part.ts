import type { FeedRange } from '../../../core/port/change-feed.ts'

/** A feed range, and the slot in whose order it is read. */
export type SlotPart = {
  readonly slot: number
  readonly range: FeedRange
  /** Whether the range is only a part of the slot. */
  readonly isPart: boolean
}

/** Selects the events of a range after an LSN, up to another one, by the index of slot and LSN. */
export const eventsBetween = ({ slot, range, isPart }: SlotPart, behind: number, upTo: number) => ({
  slot,
  lsn: { $gt: behind, $lte: upTo },
  ...(isPart && { hash: { $gte: range.min, $lt: range.max } }),
})

/** The order of that index, which also names it: queries name their index, so that the server tries no other. */
export const FEED_ORDER = { slot: 1, lsn: 1, hash: 1, 'stream.version': 1 } as const

/** The order of the index of events without an LSN. */
export const PENDING_ORDER = {
  slot: 1,
  'metadata.recordedAt': 1,
  'stream.id': 1,
  'stream.version': 1,
} as const
