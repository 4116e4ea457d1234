import type { AnyEventTypes, EventSet, EventTypes, PublicEvent, RecordedEvent } from '../core/events/types.ts'
import type { GroupCode } from '../core/leases/groups.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import type { Projection } from '../projections/projection.ts'
import type { ProcessContext, TimerHandlers } from './timers.ts'

/**
 * The context of a handler, besides the event.
 *
 * @typeParam Timers the names of the timers that the reaction has handlers for
 */
export type ReactionContext<Timers extends string = string> = ProcessContext<Timers> & {
  /** The same for every call for this event, also after a crash, so that the called system can recognise a repeat. */
  readonly idempotencyKey: string
  /** The position of the event; pass it to `waitFor`, or keep it as a receipt. */
  readonly position: PositionToken
  /** The environment that the storage was opened for; null for none. */
  readonly environment: string | null
  /**
   * 1 at the first attempt, then one more for each that failed. Waiting for a destination is no attempt. Another process
   * begins at 1 again, except for an event during which a process ended.
   */
  readonly attempt: number
  /** Aborted at the time limit, and some time after the processor was told to stop. */
  readonly signal: AbortSignal
  /**
   * Acknowledges the event before the handler is done, and resolves once that is stored. What follows in the handler
   * happens at most once: a later failure is reported, and the event is neither tried again nor parked.
   *
   * @throws AcknowledgementRefused if another worker parked the event; what the storage throws
   */
  acknowledge(): Promise<void>
}

/** The context of a handler of batches. */
export type BatchContext<Event = unknown> = {
  /** The idempotency key of an event of the batch; see `ReactionContext`. */
  keyOf(event: Event): string
  /** The position of an event of the batch. */
  positionOf(event: Event): PositionToken
  /** The attempt at an event: 1, then one more each time that it failed alone or was passed to `fail`. */
  attemptOf(event: Event): number
  /**
   * Reports that an event failed. The later events of its stream in this batch then do not count as handled, whatever
   * the handler did: they are handed over again, after it. So handle the events of a stream in order, and skip the rest
   * of the stream after a failure.
   */
  fail(event: Event, error: unknown): void
  /** Aborted at the time limit, and some time after the processor was told to stop. */
  readonly signal: AbortSignal
}

type CommonDefinition<E extends EventTypes, Reads extends boolean> = {
  readonly events: EventSet<E>
  /** Whether handlers get personal members of events, too; they must not store them. Default false. */
  readonly personal?: Reads
  /**
   * Where it begins when it is started for the first time: with new events only, or with all events. Default `'now'`.
   */
  readonly from?: 'now' | 'start'
  /**
   * The maximum number of handlers that one process runs at once, each for another stream, or each with a batch of
   * another feed range; default 16.
   */
  readonly concurrency?: number
  /** How often an event is tried before its stream is parked; default 5. */
  readonly attempts?: number
  /** Milliseconds after which an attempt counts as failed; default 30,000. */
  readonly timeLimit?: number
  /**
   * Whether an error says that the destination is unavailable, and not that the event is at fault: then the reaction
   * waits. A `DestinationUnavailable` says so by itself, also as a cause or in an `AggregateError`. Default: no other.
   */
  readonly unavailable?: (error: unknown) => boolean
}

/** An event as a handler gets it. */
type HandledEvent<
  E extends EventTypes,
  Reads extends boolean,
  Type extends keyof E & string = keyof E & string,
> = true extends Reads ? RecordedEvent<E, Type> : PublicEvent<E, Type>

/** Side effects of events, one by one. */
export type ReactionDefinition<
  E extends EventTypes,
  Reads extends boolean = false,
  Timers extends string = never,
> = CommonDefinition<E, Reads> & {
  /** One handler for each event type that has an effect. When it resolves, the event is acknowledged. */
  readonly on: NoInfer<{
    readonly [Type in keyof E & string]?: (
      event: HandledEvent<E, Reads, Type>,
      context: ReactionContext<Timers>,
    ) => unknown
  }>
  /**
   * One handler for each timer that a handler schedules with `context.after`. Keep it for as long as such timers are
   * pending: `tidemark timers list` shows them.
   */
  readonly timers?: TimerHandlers<Timers, ReactionContext<NoInfer<Timers>>>
  /**
   * When an event is acknowledged: `'onSuccess'`, once its handler resolved, or `'onFinally'`, after one attempt,
   * whether it succeeded or not; a failure is then only reported. Default `'onSuccess'`.
   */
  readonly acknowledge?: 'onSuccess' | 'onFinally'
  readonly batch?: never
  readonly handle?: never
}

/** Side effects of batches of events. */
export type BatchReactionDefinition<E extends EventTypes, Reads extends boolean = false> = CommonDefinition<
  E,
  Reads
> & {
  /** The maximum number of events of a batch, 1 to 1,000. */
  readonly batch: { readonly most: number }
  /**
   * Handles some events of one feed range, in the order of the feed; one batch of a range at a time. When it resolves,
   * all of them are acknowledged, except those passed to `context.fail` and what follows them in their streams. When it
   * throws, the batch is handed over again in halves, so that only the event at fault fails.
   */
  readonly handle: NoInfer<
    (events: readonly HandledEvent<E, Reads>[], context: BatchContext<HandledEvent<E, Reads>>) => unknown
  >
  readonly on?: never
  readonly timers?: never
  readonly acknowledge?: never
}

/** How a reaction is executed. */
export type ReactionSettings = {
  readonly from: 'now' | 'start'
  readonly concurrency: number
  readonly attempts: number
  readonly timeLimit: number
  readonly acknowledge: 'onSuccess' | 'onFinally'
  /** Whether an error says that the destination is unavailable, according to the definition. */
  unavailable(error: unknown): boolean
  /** The names of the timers that have handlers. */
  readonly timers: ReadonlySet<string>
  /** Calls the handler of an event or a timer, with a batch of one if it handles batches. */
  call(event: RecordedEvent<AnyEventTypes>, context: ReactionContext): unknown
  /** How batches are handled, if they are. */
  readonly batch?: {
    readonly most: number
    call(events: readonly RecordedEvent<AnyEventTypes>[], context: BatchContext): unknown
  }
}

/**
 * Handlers with side effects, created by `defineReaction`. To a processor it is a projection whose keys are streams and
 * which stores no views; it never has more than one version, so no rebuild runs it.
 */
export type Reaction = Projection<never> & {
  readonly react: ReactionSettings
  /** The code of a group of consumers, of which all workers must have the same; absent for any other reaction. */
  readonly group?: GroupCode
  /** Whether it uses addresses of a bus, which belong to an environment. */
  readonly usesBus?: true
}

/** Whether a reaction, and not a projection. */
export const isReaction = (projection: Projection): projection is Reaction => 'react' in projection
