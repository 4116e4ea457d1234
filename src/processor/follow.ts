import type { FeedRange } from '../core/port/change-feed.ts'
import type { Projection } from '../projections/projection.ts'
import type { TrackContext } from './context.ts'
import type { Lease } from './lease.ts'
import { foldPage } from './page.ts'

/** What `follow` tells while it goes on. */
export type FollowObserver = {
  /** Work goes on, and is going well: so many events were folded. */
  progress(folded: number): void
  /** Nothing is left to read for now. */
  idle(): void
}

// A place that moved past nothing is stored at most this often, in milliseconds: events elsewhere in the log move it,
// too, and nobody needs it at once.
const LAZY = 500

/**
 * Folds what the feed gives from the lease's place on, page by page, until the processor stops. The next page is read
 * while this one is folded; a page's place is stored after its views.
 *
 * @throws what reading, folding and saving throw; calling it again goes on where it was
 */
export async function follow(
  context: TrackContext,
  projection: Projection,
  range: FeedRange,
  lease: Lease,
  { progress, idle }: FollowObserver,
): Promise<void> {
  const { clock, signal } = context
  const reader = context.readerOf(range)
  let listening: ReturnType<typeof reader.listen> | undefined
  while (!signal.aborted) {
    const page = await reader.read(lease, listening?.since ?? 0)
    // The reader keeps what is read ahead for the next turn, which also learns of a failure. It is begun when this
    // page's saves are on their way, because a storage may read on the very thread that folds.
    const readAhead = () => {
      if (!page.caughtUp && !signal.aborted) reader.read(page, 0).catch(() => {})
    }
    const folded = page.events.length > 0 ? await foldPage(context, projection, range, page, readAhead) : 0
    lease.move(page.continuation, page.readTo)
    const due = page.events.length > 0 || clock.now() - lease.savedAt >= LAZY
    if (lease.moved && due) await lease.save()
    progress(folded)
    if (!page.caughtUp) continue
    if (listening) {
      idle()
      await (lease.moved ? either(listening.changed, (end) => clock.sleep(LAZY, end)) : listening.changed)
      progress(0)
    }
    listening = reader.listen()
  }
}

async function either(changed: Promise<void>, sleep: (end: AbortSignal) => Promise<void>): Promise<void> {
  const end = new AbortController()
  try {
    await Promise.race([changed, sleep(end.signal)])
  } finally {
    end.abort()
  }
}
