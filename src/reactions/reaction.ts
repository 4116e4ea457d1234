import type { AnyEventTypes, EventSet, EventTypes, PublicEvent, RecordedEvent } from '../core/events/types.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import type { Projection } from '../projections/projection.ts'

/** The context of a handler, besides the event. */
export type ReactionContext = {
  /** The same for every call for this event, also after a crash, so that the called system can recognise a repeat. */
  readonly idempotencyKey: string
  /** The position of the event; pass it to `waitFor`, or keep it as a receipt. */
  readonly position: PositionToken
  /** 1 at the first attempt in this process, then one more each. */
  readonly attempt: number
  /** Aborted at the time limit, and some time after the processor was told to stop. */
  readonly signal: AbortSignal
}

/** Side effects of events. */
export type ReactionDefinition<E extends EventTypes, Reads extends boolean = false> = {
  readonly events: EventSet<E>
  /** Whether handlers get personal members of events, too; they must not store them. Default false. */
  readonly personal?: Reads
  /** One handler for each event type that has an effect. When it resolves, the event is acknowledged. */
  readonly on: NoInfer<{
    readonly [Type in keyof E & string]?: (
      event: true extends Reads ? RecordedEvent<E, Type> : PublicEvent<E, Type>,
      context: ReactionContext,
    ) => unknown
  }>
  /**
   * Where it begins when it is started for the first time: with new events only, or with all events. Default `'now'`.
   */
  readonly from?: 'now' | 'start'
  /** The maximum number of handlers that one process runs at once, each for another stream; default 16. */
  readonly concurrency?: number
  /** How often an event is tried before its stream is parked; default 5. */
  readonly attempts?: number
  /** Milliseconds after which an attempt counts as failed; default 30,000. */
  readonly timeLimit?: number
}

/** How a reaction is executed. */
export type ReactionSettings = {
  readonly from: 'now' | 'start'
  readonly concurrency: number
  readonly attempts: number
  readonly timeLimit: number
  /** Calls the handler of an event. */
  call(event: RecordedEvent<AnyEventTypes>, context: ReactionContext): unknown
}

/**
 * Handlers with side effects, created by `defineReaction`. To a processor it is a projection whose keys are streams and
 * which stores no views; it never has more than one version, so no rebuild runs it.
 */
export type Reaction = Projection<never> & { readonly react: ReactionSettings }

/** Whether a reaction, and not a projection. */
export const isReaction = (projection: Projection): projection is Reaction => 'react' in projection
