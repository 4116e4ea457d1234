import type { Clock } from '../clock.ts'
import type { Continuation, FeedRange } from '../port/change-feed.ts'

// Milliseconds between two comparisons of a range that one process keeps reading.
const CHECKED = 10_000
// Continuations that are known to come from this handle: several for each range and projection.
const KNOWN = 4_096

/** Decides which continuations need a comparison: those from elsewhere, and for each range one every ten seconds. */
export class Comparisons {
  readonly #timing: Clock
  readonly #given = new Set<Continuation>()
  readonly #checkedAt = new Map<string, number>()

  constructor(timing: Clock) {
    this.#timing = timing
  }

  /** Whether the event that a continuation names must be compared with the log. */
  isDue(range: FeedRange, continuation: Continuation): boolean {
    const age = this.#timing.now() - (this.#checkedAt.get(keyOf(range)) ?? Number.NEGATIVE_INFINITY)
    return !this.#given.has(continuation) || age < 0 || age >= CHECKED
  }

  /** Records that it was compared. */
  done(range: FeedRange, continuation: Continuation): void {
    this.#checkedAt.set(keyOf(range), this.#timing.now())
    this.given(range, continuation)
  }

  /** Records a continuation that this handle issues for what it has just read. */
  given(range: FeedRange, continuation: Continuation): void {
    if (!this.#checkedAt.has(keyOf(range))) this.#checkedAt.set(keyOf(range), this.#timing.now())
    this.#given.delete(continuation)
    this.#given.add(continuation)
    if (this.#given.size <= KNOWN) return
    for (const oldest of this.#given) {
      this.#given.delete(oldest)
      return
    }
  }
}

const keyOf = ({ min, max }: FeedRange): string => `${min}-${max}`
