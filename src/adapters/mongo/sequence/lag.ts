import type { FeedLag } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import type { Attempt } from '../client/run.ts'
import type { Handle } from '../handle.ts'
import { eventsBetween, FEED_ORDER, PENDING_ORDER, type SlotPart } from './slot-part.ts'

const EXACT = 10_000

type Recorded = { readonly metadata: { readonly recordedAt: string } }

/** The events after an LSN, including those that have none yet. */
export async function lagBehind(
  { collections: { events } }: Handle,
  attempt: Attempt,
  part: SlotPart,
  behind: number,
  head: number,
): Promise<FeedLag> {
  const { slot, range, isPart } = part
  // Far behind, hidden events, events erased since and the number of events in an append do not matter, and reading
  // each event would take long.
  const isFar = head - behind > EXACT
  const visible = { eventType: { $ne: HUSK } }
  const sequenced = { ...eventsBetween(part, behind, head), ...(!isFar && visible) }
  const pending = {
    ...visible,
    slot,
    pending: true as const,
    ...(isPart && { hash: { $gte: range.min, $lt: range.max } }),
  }
  const oldestOf = async (filter: object, order: Readonly<Record<string, 1>>) => {
    const project = { _id: 0, 'metadata.recordedAt': 1 }
    return events
      .find(filter, { ...attempt })
      .sort(order)
      .hint(order)
      .limit(1)
      .project<Recorded>(project)
      .toArray()
  }
  const counted = isFar ? head - behind : await events.countDocuments(sequenced, { ...attempt, hint: FEED_ORDER })
  const waiting = await events.countDocuments(pending, { ...attempt, hint: PENDING_ORDER, limit: EXACT })
  const [first] = await oldestOf(sequenced, FEED_ORDER)
  const [next] = waiting > 0 && first === undefined ? await oldestOf(pending, PENDING_ORDER) : []
  return { events: counted + waiting, oldest: (first ?? next)?.metadata.recordedAt ?? null, head }
}
