import type { Clock } from '../../core/clock.ts'
import { containsHash } from '../../core/hash-interval.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { ViewStore } from '../../core/port/view-store.ts'
import { listParked, type ParkedSummary } from './list-parked.ts'

// How long an answer serves and how long one is waited for, in milliseconds; and beyond how many sequences nobody needs
// to know the number.
const FRESH = 2_000
const PATIENCE = 2_000
const MOST = 1_000

/**
 * Makes a function that tells how many sequences of a projection are parked at an event of a range: at most 1,000 are
 * counted, and null is the answer when that could not be asked.
 */
export function createParkedMeter(viewStore: ViewStore, clock: Clock) {
  type Asked = { readonly at: number; readonly items: Promise<readonly ParkedSummary[] | null> }
  const asked = new Map<string, Asked>()

  function itemsOf({ name, version }: { readonly name: string; readonly version: number }): Asked['items'] {
    const id = `${name}:${version}`
    const before = asked.get(id)
    if (before && clock.now() - before.at < FRESH) return before.items
    const end = new AbortController()
    const late = clock.sleep(PATIENCE, end.signal).then(() => null)
    const listed = listParked(viewStore, { projection: name, version }, { limit: MOST }).then(({ items }) => items)
    const items = Promise.race([listed.catch(() => null), late]).finally(() => end.abort())
    asked.set(id, { at: clock.now(), items })
    return items
  }

  return async (projection: Parameters<typeof itemsOf>[0], range: FeedRange): Promise<number | null> => {
    const items = await itemsOf(projection)
    return items?.filter(({ event }) => containsHash(range, event.hash)).length ?? null
  }
}
