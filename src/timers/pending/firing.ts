import { backoffDelay } from '../../core/async/backoff.ts'
import { Changes } from '../../core/async/changes.ts'
import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import { fireDue, type TimerStorage } from './due-timers.ts'

/** Fires timers while a processor runs. */
export type Firing = {
  /** The feed ranges whose timers this process fires at the moment. */
  readonly ranges: readonly FeedRange[]
  /** Fires the timers of a range, until the signal is aborted. */
  own(range: FeedRange, signal: AbortSignal): void
  /** Says that a timer may be due then: milliseconds since 1970. */
  expect(time: number): void
  /** Resolves when nothing is being fired any more. The signal was aborted before. */
  end(): Promise<void>
}

// Milliseconds between two looks at the clock, because it may jump while a process sleeps; and after which the index is
// read again although nothing is known to be due: another process may have added to it.
const LOOK = 1_000
const READ_AGAIN = 60_000

const PAUSES = { first: 200, most: 30_000, jitter: 0 }

/**
 * What is kept in memory only decides when the index of pending timers is read: it and the streams of timers decide
 * what fires.
 */
export function startFiring(
  storage: TimerStorage,
  {
    clock,
    signal,
    failed: report,
  }: { readonly clock: Clock; readonly signal: AbortSignal; failed(error: unknown): void },
): Firing {
  const changes = new Changes(clock)
  const owned = new Map<string, { readonly range: FeedRange; readonly held: AbortSignal }>()
  // When the first pending timer is due, as far as is known, and when that was read.
  let due = Number.NEGATIVE_INFINITY
  let readAt = Number.NEGATIVE_INFINITY
  let attempts = 0

  const ranges = () => {
    for (const [id, { held }] of owned) if (held.aborted) owned.delete(id)
    return [...owned.values()].map(({ range }) => range)
  }

  async function fire(): Promise<void> {
    readAt = clock.now()
    due = Number.POSITIVE_INFINITY
    try {
      const { next, failures } = await fireDue(storage, clock, ranges(), signal)
      due = Math.min(due, next)
      if (failures.length > 0) throw failures[0]
      attempts = 0
    } catch (error) {
      due = Number.NEGATIVE_INFINITY
      if (signal.aborted) return
      report(error)
      await clock.sleep(
        backoffDelay(++attempts, PAUSES, () => 0),
        signal,
      )
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const seen = changes.count
      const now = clock.now()
      const isDue = due <= now || Math.abs(now - readAt) >= READ_AGAIN
      if (isDue && ranges().length > 0) await fire()
      // Without a range there is nothing to read, whatever is due.
      else await changes.next(isDue ? LOOK : Math.min(LOOK, due - now), signal, seen)
    }
  }

  const running = run()
  return {
    get ranges() {
      return ranges()
    },
    own(range, held) {
      owned.set(intervalText(range), { range, held })
      due = Number.NEGATIVE_INFINITY
      changes.notify()
    },
    expect(time) {
      if (time >= due) return
      due = time
      changes.notify()
    },
    end: () => running,
  }
}
