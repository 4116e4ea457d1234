import type { Attempt } from '../client/run.ts'
import type { Handle } from '../handle.ts'
import { FEED_ORDER } from './slot-part.ts'

/**
 * The LSN before the first event that was recorded at or after a time; the head if there is none. `latest` never
 * decreases, so it is found by binary search.
 */
export async function lsnBefore(
  { collections: { events } }: Handle,
  { session }: Attempt,
  slot: number,
  head: number,
  date: Date,
): Promise<number> {
  const time = date.getTime()
  let [low, high] = [1, head + 1]
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    const [found] = await events
      .find({ slot, lsn: { $gte: middle, $lt: high } }, { session })
      .sort(FEED_ORDER)
      .hint(FEED_ORDER)
      .limit(1)
      .project<{ lsn: number; latest: string }>({ _id: 0, lsn: 1, latest: 1 })
      .toArray()
    if (found !== undefined && Date.parse(found.latest) < time) low = found.lsn + 1
    else high = middle
  }
  return low - 1
}
