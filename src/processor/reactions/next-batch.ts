import type { FoldItem } from '../../projections/fold-item.ts'
import { PAUSES } from './reaction-work.ts'

/** An event that is not handled yet. */
export type Pending = FoldItem & {
  attempt: number
  /** The most events of a batch that it may be part of: fewer once a batch with it failed. */
  most: number
  /** When it may be tried again: milliseconds since 1970; 0 if it was not tried yet. */
  at: number
}

/** The next events that may be tried now, but none of a stream in which an earlier event may not. */
export function nextBatch(left: readonly Pending[], now: number): Pending[] {
  const batch: Pending[] = []
  const held = new Set<string>()
  let most = Number.POSITIVE_INFINITY
  for (const item of left) {
    const { streamId } = item.event
    if (held.has(streamId)) continue
    if (waits(item, now)) {
      held.add(streamId)
      continue
    }
    most = Math.min(most, item.most)
    if (batch.length > 0 && batch.length >= most) break
    batch.push(item)
  }
  return batch
}

/** Milliseconds until one of the events that have to wait may be tried. */
export const untilNext = (left: readonly Pending[], now: number): number =>
  left.reduce((least, item) => (waits(item, now) ? Math.min(least, item.at - now) : least), PAUSES.most)

// No pause is longer; if one seems to be, the clock was set back.
const waits = ({ at }: Pending, now: number): boolean => at > now && at - now <= PAUSES.most
