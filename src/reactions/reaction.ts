import type { AnyEventTypes, EventSet, EventTypes, RecordedEvent } from '../core/events/types.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import type { Projection } from '../projections/projection.ts'

/** What a handler is told besides the event. */
export type ReactionContext = {
  /** The same for every call for this event, also after a crash: what it is given to can tell a repeat by it. */
  readonly idempotencyKey: string
  /** Where the event lies; give it to `waitFor`, or keep it as a receipt. */
  readonly position: PositionToken
  /** 1 at the first attempt of this process, then one more each. */
  readonly attempt: number
  /** Aborted when the time limit is over, and some time after the processor was told to stop. */
  readonly signal: AbortSignal
}

/** What happens outside because of events. Handlers may have side effects. */
export type ReactionDefinition<E extends EventTypes> = {
  readonly events: EventSet<E>
  /** One handler for each event type that something happens at. When it resolves, the event is acknowledged. */
  readonly on: NoInfer<{
    readonly [Type in keyof E & string]?: (event: RecordedEvent<E, Type>, context: ReactionContext) => unknown
  }>
  /** Where it begins when it is started for the first time: with what comes from then on, or with all. Default `'now'`. */
  readonly from?: 'now' | 'start'
  /** The most handlers that one process runs at once, each for another stream; default 16. */
  readonly concurrency?: number
  /** How often an event is tried before its stream is parked; default 5. */
  readonly attempts?: number
  /** Milliseconds after which an attempt counts as failed; default 30,000. */
  readonly timeLimit?: number
}

/** How a reaction is carried out. */
export type ReactionSettings = {
  readonly from: 'now' | 'start'
  readonly concurrency: number
  readonly attempts: number
  readonly timeLimit: number
  /** Calls the handler of an event. */
  call(event: RecordedEvent<AnyEventTypes>, context: ReactionContext): unknown
}

/**
 * Handlers with side effects, made by `defineReaction`. To a processor it is a projection whose keys are streams and
 * which keeps no views; it has one version for ever, so that no rebuild runs it.
 */
export type Reaction = Projection<never> & { readonly react: ReactionSettings }

/** Whether something that a processor runs is a reaction. */
export const isReaction = (projection: Projection): projection is Reaction => 'react' in projection
