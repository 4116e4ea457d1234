import { settled } from '../../core/async/settled.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { HandlerFailed } from '../../core/errors/view.ts'
import { withheld } from '../../core/errors/withheld.ts'
import type { AnyEventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Position } from '../../core/positions/position.ts'
import { encodePosition } from '../../core/positions/position-token.ts'
import { failureOf } from '../../projections/failure.ts'
import type { FoldedEvent } from '../../projections/projection.ts'
import { idempotencyKeyOf } from '../../reactions/idempotency-key.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { unavailableIn } from '../../reactions/unavailable.ts'
import type { TimerLog } from '../../timers/change-timer.ts'
import { type CallContext, callWithin } from './limited-call.ts'
import { processCallsOf } from './process-calls.ts'

/** An event that a handler is called for, and its position. */
export type ReactionCall = {
  readonly event: FoldedEvent
  readonly position: Pick<Position, 'lsn' | 'hash'>
  readonly attempt: number
}

/** The result of calling a handler, for one event or a batch. Events that it does not mention are to be called again. */
export type CallResult<Call extends ReactionCall, Failure = HandlerFailed> = {
  readonly done: readonly Call[]
  /** The events that failed by themselves, at most one of each stream. */
  readonly failed: readonly { readonly call: Call; readonly error: Failure }[]
  /** Why a batch of several events failed as a whole. */
  readonly thrown?: HandlerFailed
  /** Why the destination is unavailable, if it is. */
  readonly away?: DestinationUnavailable
  /** A failure after the event was acknowledged. */
  readonly late?: HandlerFailed
}

/** Calls the handler of a reaction, once. */
export type Caller = {
  /** @param acknowledge stores that the event is acknowledged */
  one<Call extends ReactionCall>(call: Call, acknowledge: () => Promise<void>): Promise<CallResult<Call>>
  /** Calls it for a batch, in the order of the feed. */
  batch<Call extends ReactionCall>(calls: readonly Call[]): Promise<CallResult<Call>>
}

type CallStorage = { readonly storage: TimerLog & Pick<StoragePort, 'incarnation' | 'environment'> }

/** Creates what calls the handler of a reaction. */
export function callerOf({ storage, ...context }: CallContext & CallStorage, reaction: Reaction): Caller {
  const { incarnation, environment = null } = storage
  const { name, react } = reaction

  const keyOf = ({ event }: ReactionCall) => idempotencyKeyOf(name, event)
  const positionOf = ({ event: { streamId, version }, position: { lsn, hash } }: ReactionCall) =>
    encodePosition({ incarnation, marks: [{ streamId, version, hash, lsn }] })
  const failure = ({ event }: ReactionCall, cause: unknown) => failureOf(reaction, event.streamId, event, cause)

  async function one<Call extends ReactionCall>(
    call: Call,
    acknowledge: () => Promise<void>,
  ): Promise<CallResult<Call>> {
    let acknowledged: Promise<void> | undefined
    try {
      await callWithin(context, react.timeLimit, async (signal) => {
        const idempotencyKey = keyOf(call)
        const process = processCallsOf(storage, reaction, { event: call.event, idempotencyKey, signal })
        await react.call(recorded(call), {
          ...process.context,
          idempotencyKey,
          position: positionOf(call),
          environment,
          attempt: call.attempt,
          signal,
          async acknowledge() {
            // An attempt that was given up has no say about the next one.
            signal.throwIfAborted()
            acknowledged ??= acknowledge()
            await acknowledged
          },
        })
        await process.end()
      })
      return { done: [call], failed: [] }
    } catch (cause) {
      const error = failure(call, cause)
      const isDone = acknowledged !== undefined && (await settled(acknowledged)).status === 'fulfilled'
      const away = awayOf(reaction, cause)
      if (isDone) return { done: [call], failed: [], late: error, ...(away && { away }) }
      return away ? { done: [], failed: [], away } : { done: [], failed: [{ call, error }] }
    }
  }

  async function batch<Call extends ReactionCall>(calls: readonly Call[]): Promise<CallResult<Call>> {
    const byEvent = new Map<unknown, Call>(calls.map((call) => [call.event, call]))
    const failures = new Map<Call, unknown>()
    const of = (event: unknown): Call => {
      const call = byEvent.get(event)
      if (call === undefined)
        throw new TypeError('The event is none of the batch: pass the object that the handler got')
      return call
    }
    try {
      await callWithin(context, react.timeLimit, (signal) =>
        react.batch?.call(calls.map(recorded), {
          keyOf: (event) => keyOf(of(event)),
          positionOf: (event) => positionOf(of(event)),
          attemptOf: (event) => of(event).attempt,
          fail: (event, error) => void failures.set(of(event), error),
          signal,
        }),
      )
    } catch (cause) {
      const away = awayOf(reaction, cause)
      return { done: [], failed: [], ...(away ? { away } : { thrown: failure(calls[0] as Call, cause) }) }
    }
    return resultOf(calls, failures)
  }

  /** Of each stream, the events before the first that failed are done. */
  function resultOf<Call extends ReactionCall>(
    calls: readonly Call[],
    failures: ReadonlyMap<Call, unknown>,
  ): CallResult<Call> {
    const done: Call[] = []
    const failed: { readonly call: Call; readonly error: HandlerFailed }[] = []
    const stopped = new Set<string>()
    let away: DestinationUnavailable | undefined
    for (const call of calls) {
      const { streamId } = call.event
      if (stopped.has(streamId)) continue
      if (!failures.has(call)) {
        done.push(call)
        continue
      }
      stopped.add(streamId)
      const cause = failures.get(call)
      const unavailable = awayOf(reaction, cause)
      if (unavailable === undefined) failed.push({ call, error: failure(call, cause) })
      away ??= unavailable
    }
    return { done, failed, ...(away && { away }) }
  }

  return { one, batch }
}

const recorded = ({ event }: ReactionCall) => event as RecordedEvent<AnyEventTypes>

/** The error as the status shows it, if it says that the destination is unavailable. */
function awayOf({ name, react, readsPersonal }: Reaction, cause: unknown): DestinationUnavailable | undefined {
  const found = unavailableIn(react, cause)
  if (found === undefined) return undefined
  const { retryAfter } = found
  const shown = readsPersonal ? withheld(found) : found
  return new DestinationUnavailable(`${name}: its destination is unavailable: ${shown.message}`, {
    cause: shown,
    ...(typeof retryAfter === 'number' && retryAfter > 0 && { retryAfter }),
  })
}
