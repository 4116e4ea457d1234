import type { FeedPage } from '../../core/port/change-feed.ts'
import type { Lease } from '../leases/lease.ts'
import type { PageConsumer } from './process-page.ts'
import type { RangeContext } from './range-context.ts'
import type { RangeReader } from './range-reader.ts'

/** The progress events of `processRange`. */
export type FollowObserver = {
  /** A page was read, and its events are about to be folded. */
  reading(page: FeedPage): void
  /** The page is done: this many events were folded, and its views are saved. */
  done(folded: number): void
  /** The work is making progress. */
  progress(): void
  /** There is nothing left to read for now. */
  idle(): void
}

/** From where it resumes, and for how long it runs. */
export type Following = {
  readonly consume: PageConsumer
  readonly lease: Lease
  readonly reader: RangeReader
  /** Ends the work, as the end of the lease does. */
  readonly signal: AbortSignal
}

// Checkpoints past no relevant event are saved at most this often, in milliseconds: events elsewhere in the log move
// them, too, and they are not urgent.
const LAZY = 500

/**
 * Processes the feed from the lease's checkpoint on, page by page, until the signal is aborted. The next page is read
 * while the current one is folded; a page's checkpoint is saved after its views, and only while the lease is owned.
 *
 * @throws what reading, folding and saving throw; calling it again resumes where it left off
 */
export async function processRange(
  context: RangeContext,
  { consume, lease, reader, signal }: Following,
  { reading, done, progress, idle }: FollowObserver,
): Promise<void> {
  const { clock } = context
  // A process that was suspended checks the time before it continues, because its timers may fire later.
  const goesOn = () => lease.check() && !signal.aborted
  let listening: ReturnType<typeof reader.listen> | undefined
  while (goesOn()) {
    const page = await unlessAborted(reader.read(lease, listening?.since ?? 0), signal)
    if (page === undefined || !lease.check()) return
    reading(page)
    // The reader keeps what is read ahead for the next turn, which also gets any failure. It starts when this page's
    // saves have been sent, because a storage may read on the same thread that folds.
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
      // If notifications of changes fail, changes are found by polling a little later.
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

/** The result of a promise, or undefined once the signal is aborted; a later result is ignored. */
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
