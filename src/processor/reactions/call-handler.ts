import { uuidOf } from '../../core/append/uuid.ts'
import type { Clock } from '../../core/clock.ts'
import type { AnyEventTypes, RecordedEvent } from '../../core/events/types.ts'
import { encodePosition } from '../../core/positions/position-token.ts'
import { failureOf } from '../../projections/failure.ts'
import type { FoldedEvent } from '../../projections/projection.ts'
import type { Reaction } from '../../reactions/reaction.ts'

/** An event that a handler is called for, and its position. */
export type ReactionCall = {
  readonly event: FoldedEvent
  readonly lsn: number
  readonly hash: string
  readonly attempt: number
}

/** What calling handlers requires. */
export type CallContext = {
  readonly incarnation: string
  readonly clock: Clock
  /** Aborted when the work is to end. */
  readonly signal?: AbortSignal
}

// How long a running handler may continue when the work is to end: milliseconds.
const GRACE = 5_000

/**
 * Calls a reaction's handler for an event, once.
 *
 * @throws HandlerFailed if it throws, or exceeds its time limit; the call may then still be running
 */
export async function callHandler(
  { incarnation, clock, signal }: CallContext,
  reaction: Reaction,
  { event, lsn, hash, attempt }: ReactionCall,
): Promise<void> {
  const ended = new AbortController()
  const aborted = new AbortController()
  const gaveUp = Promise.withResolvers<never>()
  const abort = (reason: unknown) => {
    if (ended.signal.aborted) return
    aborted.abort(reason)
    gaveUp.reject(reason)
  }
  const stop = () => {
    clock.sleep(GRACE, ended.signal).then(() => abort(signal?.reason))
  }
  signal?.addEventListener('abort', stop, { once: true })
  const { name, react } = reaction
  const { streamId, version } = event
  try {
    clock.sleep(react.timeLimit, ended.signal).then(() => {
      abort(new DOMException(`It exceeded its time limit of ${react.timeLimit} ms`, 'TimeoutError'))
    })
    const called = react.call(event as RecordedEvent<AnyEventTypes>, {
      idempotencyKey: uuidOf(name, streamId, event.metadata.eventId),
      position: encodePosition({ incarnation, marks: [{ streamId, version, hash, lsn }] }),
      attempt,
      signal: aborted.signal,
    })
    await Promise.race([called, gaveUp.promise])
  } catch (cause) {
    throw failureOf(reaction, streamId, event, cause)
  } finally {
    ended.abort()
    signal?.removeEventListener('abort', stop)
  }
}
