import type { LastEvent } from '../../../core/adapters/continuation.ts'
import type { Clock } from '../../../core/clock.ts'
import { LogDiverged } from '../../../core/errors/feed.ts'
import type { Continuation, FeedRange } from '../../../core/port/change-feed.ts'
import { HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'
import { eventIdOf } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { readAtPrimary } from '../streams/refresh.ts'
import { readHead } from '../streams/stream-query.ts'
import { readAndCompare } from './same-container.ts'

type LogHandle = Pick<Handle, 'containers' | 'eventsRid' | 'incarnation'>

/**
 * Checks that an event is in the log, or was erased. It is read from the primary replica: one that is behind would lack
 * an event that is there.
 *
 * @param derived what was derived from it, for the error's message
 * @throws LogDiverged; IncarnationMismatch when the container was replaced
 */
export async function assertHolds(
  operation: Operation,
  handle: LogHandle,
  derived: string,
  { streamId, version, eventId }: LastEvent,
): Promise<void> {
  const found = await readAtPrimary(operation, handle, streamId, version)
  if (found !== undefined && (found.eventType === HUSK || eventIdOf(found) === eventId)) return
  if (found === undefined && (await readHead(operation, handle, streamId)).head?.eventType === TOMBSTONE) return
  await readAndCompare(operation, handle)
  throw new LogDiverged(derived, `${streamId}:${version}`)
}

// Milliseconds between two comparisons of a range that one process reads on in.
const CHECKED = 10_000
// Continuations that are known to come from this handle: some for each range and projection.
const KNOWN = 4_096

/** Which continuations need a comparison: those from elsewhere, and of each range one every ten seconds. */
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

  /** Notes that it was compared. */
  done(range: FeedRange, continuation: Continuation): void {
    this.#checkedAt.set(keyOf(range), this.#timing.now())
    this.given(range, continuation)
  }

  /** Notes a continuation that this handle gives, of what it read just now. */
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
