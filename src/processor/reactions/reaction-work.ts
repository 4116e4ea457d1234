import { settled } from '../../core/async/settled.ts'
import { AcknowledgementRefused, type DestinationUnavailable, ProcessEnded } from '../../core/errors/reaction.ts'
import type { HandlerFailed } from '../../core/errors/view.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { attributesOf, type PageContext } from '../pages/page-context.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import { type CallResult, callerOf } from './call-handler.ts'
import type { InFlight } from './in-flight.ts'
import { parkStream } from './park-stream.ts'

/** A reaction running on a range. */
export type ReactionWork = {
  readonly context: PageContext
  readonly reaction: Reaction
  readonly range: FeedRange
  readonly acknowledgements: Acknowledgements
  readonly inFlight: InFlight
}

/** An event, and the attempt at it, from 1. */
export type Attempt = FoldItem & { readonly attempt: number }

// Between the attempts at an event.
export const PAUSES = { first: 200, most: 30_000 }

/**
 * Calls the handler for an event or a batch, once the destination is available as far as is known, and reports a
 * failure that no attempt follows from.
 *
 * @throws the signal's reason if the work is to end
 */
export async function call<One extends Attempt>(
  { context, reaction, range, acknowledgements }: ReactionWork,
  attempts: readonly [One, ...One[]],
  around: (callOnce: () => Promise<CallResult<One>>) => Promise<CallResult<One>> = (callOnce) => callOnce(),
): Promise<CallResult<One>> {
  const { storage, clock, signal, onError } = context
  const caller = callerOf({ storage, clock, ...(signal && { signal }) }, reaction)
  const [first] = attempts
  const where = { projection: reaction.name, range, attempt: first.attempt, parks: false }
  const report = (error: DestinationUnavailable | HandlerFailed) => onError?.(error, where)

  async function acknowledge(): Promise<void> {
    await acknowledgements.acknowledge(first)
    if (!acknowledgements.has(first)) throw new AcknowledgementRefused(reaction.name, first.event)
  }

  const callOnce = () => (attempts.length > 1 ? caller.batch(attempts) : caller.one(first, acknowledge))
  const result = await context.sharedBy(reaction).destination.call(() => around(callOnce), signal, report)
  const { late, thrown } = result
  if (late) onError?.(late, { ...where, acknowledged: true })
  if (thrown) report(thrown)
  if (thrown) context.telemetry.count('tidemark.handler.retries', 1, attributesOf(reaction))
  // Work that was stopped is done again by the next worker.
  if (result.done.length < attempts.length) signal?.throwIfAborted()
  return result
}

/**
 * Calls the handler for an event that may end the process: alone in it, and with the attempt recorded before, so that
 * the next process knows.
 */
export async function callAlone<One extends Attempt>(work: ReactionWork, attempt: One): Promise<CallResult<One>> {
  const { context, acknowledgements } = work
  let takenBack: PromiseSettledResult<void> | undefined
  const result = await call(work, [attempt], (callOnce) =>
    context.alone(async () => {
      context.signal?.throwIfAborted()
      await acknowledgements.recordAttempts(attempt, attempt.attempt)
      // Another worker may have saved first that it is.
      if (acknowledgements.has(attempt) || isParkedAt(work, attempt)) return { done: [], failed: [] }
      const result = await callOnce()
      const isNone = result.done.length === 0 && (result.away !== undefined || context.signal?.aborted)
      // Its failure must not hide the result of the call.
      if (isNone) takenBack = await settled(acknowledgements.recordAttempts(attempt, attempt.attempt - 1))
      return result
    }),
  )
  if (takenBack?.status === 'rejected') throw takenBack.reason
  return result
}

/** Records that an event was handled. */
export function acknowledge({ context, reaction, acknowledgements }: ReactionWork, item: FoldItem): void {
  if (!acknowledgements.has(item)) acknowledgements.add(item)
  context.telemetry.count('tidemark.events.projected', 1, attributesOf(reaction))
}

/** What follows from a failed attempt at an event: another one, or that it is done, or that its stream is parked. */
export type Verdict = 'again' | 'acknowledged' | 'done' | 'parked'

/**
 * Determines what follows from a failed attempt at an event, and parks its stream if it was the last one.
 *
 * @param rest the event and those that follow it in its stream
 */
export async function judge(
  { context, reaction, range, acknowledgements }: ReactionWork,
  { attempt }: Attempt,
  rest: readonly [FoldItem, ...FoldItem[]],
  error: HandlerFailed | ProcessEnded,
): Promise<Verdict> {
  const { attempts, acknowledge } = reaction.react
  const isLast = attempt >= attempts
  const parks = isLast && acknowledge === 'onSuccess'
  const where = { projection: reaction.name, range, attempt, parks }
  context.onError?.(error, isLast && !parks ? { ...where, acknowledged: true } : where)
  if (!isLast) {
    context.telemetry.count('tidemark.handler.retries', 1, attributesOf(reaction))
    return 'again'
  }
  if (!parks) return 'acknowledged'
  // Unless another worker acknowledged it in the meantime.
  if (!(await acknowledgements.park(rest[0], error instanceof ProcessEnded))) return 'done'
  await parkStream(context, reaction, rest, error)
  return 'parked'
}

/** Whether the stream of an event is parked there or before, or about to be, by whichever worker. */
export const isParkedAt = ({ acknowledgements }: ReactionWork, { event }: FoldItem): boolean =>
  (acknowledgements.parkedAt(event.streamId) ?? Number.POSITIVE_INFINITY) <= event.version
