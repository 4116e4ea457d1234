import type { FeedPage } from '../../core/port/change-feed.ts'
import type { Lease } from '../leases/lease.ts'
import type { PageConsumer } from './process-page.ts'
import type { TrackContext } from './range-context.ts'
import type { RangeReader } from './range-reader.ts'

/** What `follow` tells while it goes on. */
export type FollowObserver = {
  /** A page was read, and its events are to be folded. */
  reading(page: FeedPage): void
  /** The page is done: so many events were folded, and its views are saved. */
  done(folded: number): void
  /** Work goes on, and is going well. */
  progress(): void
  /** Nothing is left to read for now. */
  idle(): void
}

/** Where it goes on, and for how long. */
export type Following = {
  readonly consume: PageConsumer
  readonly lease: Lease
  readonly reader: RangeReader
  /** Ends the work, which the end of the lease does, too. */
  readonly signal: AbortSignal
}

// A place that moved past nothing is stored at most this often, in milliseconds: events elsewhere in the log move it,
// too, and nobody needs it at once.
const LAZY = 500

/**
 * Folds what the feed gives from the lease's place on, page by page, until the signal comes. The next page is read
 * while this one is folded; a page's place is stored after its views, and only as long as the lease is held.
 *
 * @throws what reading, folding and saving throw; calling it again goes on where it was
 */
export async function follow(
  context: TrackContext,
  { consume, lease, reader, signal }: Following,
  { reading, done, progress, idle }: FollowObserver,
): Promise<void> {
  const { clock } = context
  // A process that stood still looks at the time before it goes on, since its timers may come later.
  const goesOn = () => lease.check() && !signal.aborted
  let listening: ReturnType<typeof reader.listen> | undefined
  while (goesOn()) {
    const page = await unlessAborted(reader.read(lease, listening?.since ?? 0), signal)
    if (page === undefined || !lease.check()) return
    reading(page)
    // The reader keeps what is read ahead for the next turn, which also learns of a failure. It is begun when this
    // page's saves are on their way, because a storage may read on the very thread that folds.
    const readAhead = () => {
      if (!page.caughtUp && goesOn()) reader.read(page, 0).catch(() => {})
    }
    const folded = page.events.length > 0 ? await consume(page, readAhead) : 0
    if (!lease.check()) return
    lease.move(page.continuation, page.readTo)
    done(folded)
    const due = page.events.length > 0 || Math.abs(clock.now() - lease.savedAt) >= LAZY
    if (lease.moved && due) await lease.save()
    progress()
    if (!page.caughtUp) continue
    if (listening) {
      idle()
      // Where nothing is heard of changes, they are found some time later.
      const pause = lease.moved ? LAZY : context.stalledAfter / 2
      await unlessAborted(
        either(listening.changed, (end) => clock.sleep(pause, end)),
        signal,
      )
      progress()
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

/** What a promise comes to, or undefined once the signal comes; what it comes to later is of no interest. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>()
  const abort = () => aborted.resolve(undefined)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
