import type { ChangeFeed, Continuation, FeedPage, FeedRange } from '../../core/port/change-feed.ts'

/** A place in a range: from where reading resumes, null at the start, and up to which LSN it was read. */
export type Place = { readonly continuation: Continuation | null; readonly readTo: number }

/** Reads one range of the feed for all projections at the same place in it. */
export type RangeReader = {
  /**
   * Starts listening: `changed` resolves when a read that begins later may return more. Callers that start while
   * another one is listening join it, so that all wake at once and share one read.
   */
  listen(): { readonly changed: Promise<void>; readonly since: number }
  /**
   * The page after a place in the range.
   *
   * @param since see `listen`: a page counts as the end of the range only if its read began after this
   * @throws as `ChangeFeed.read` does
   */
  read(place: Place, since: number): Promise<FeedPage>
}

type Reading = { readonly from: Continuation | null; readonly begun: number; readonly page: Promise<FeedPage> }

const FIRST_PAGE = 1_000

// One page that is being folded and one that is read ahead; a projection that is further behind reads for itself.
const KEPT = 2

/**
 * Creates the reader of a range.
 *
 * @param pageSize the maximum number of events in a page. Pages begin small, so that the first views appear early, and
 *   double while there is more to read: the larger the page, the fewer the saves of a view.
 */
export function createRangeReader(
  feed: ChangeFeed,
  range: FeedRange,
  pageSize: number,
  signal: AbortSignal,
): RangeReader {
  let kept: readonly Reading[] = []
  let time = 0
  let listening: ReturnType<RangeReader['listen']> | undefined
  let size = Math.min(pageSize, FIRST_PAGE)

  function begin({ continuation: from }: Place): Reading {
    const page = feed.read(range, from ?? 'start', { limit: size, signal }).then(
      (read) => {
        // An empty page is useless to later callers; and at the end of the range, the other pages are not needed.
        if (read.events.length === 0) kept = []
        size = read.caughtUp ? Math.min(pageSize, FIRST_PAGE) : Math.min(pageSize, size * 2)
        return read
      },
      (error) => {
        forget(reading)
        throw error
      },
    )
    const reading: Reading = { from, begun: ++time, page }
    kept = [...kept.filter((other) => other.from !== from), reading].slice(-KEPT)
    return reading
  }

  function forget(reading: Reading): void {
    kept = kept.filter((other) => other !== reading)
  }

  return {
    listen() {
      if (listening !== undefined) return listening
      const begun = { changed: feed.changed(signal, range), since: ++time }
      const end = () => {
        if (listening === begun) listening = undefined
      }
      // Waiting callers get the failure; a caller that has read something in the meantime never asks.
      begun.changed.then(end, end)
      listening = begun
      return begun
    },
    async read(place, since) {
      for (;;) {
        const shared = kept.find((reading) => reading.from === place.continuation)
        const known = shared ?? begin(place)
        const page = await known.page
        if (shared && page.events.length > 0 && page.readTo <= place.readTo) {
          // A page that was read again leads back: a caller that continues from it would arrive here again and again.
          forget(shared)
          continue
        }
        if (known.begun > since) return page
        // It was the end of the range before the caller began to listen, so events that arrived in between would be
        // missed.
        if (page.events.length > 0) return { ...page, caughtUp: false }
      }
    },
  }
}
