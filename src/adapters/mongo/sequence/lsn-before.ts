import type { Attempt } from '../client/run.ts'
import type { Handle } from '../handle.ts'
import { FEED_ORDER } from './slot-part.ts'

/**
 * The LSN behind which the first event that was recorded at a time, or later, lies; the head where there is none.
 * `latest` never goes back, so it is found by halving.
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
