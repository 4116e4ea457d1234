import type { EventTypes, OutputOf, PublicOf } from '../../core/events/types.ts'
import type { EventMetadata } from '../../core/port/event-document.ts'
import type { ReactionContext } from '../../reactions/reaction.ts'
import type { TimerHandlers } from '../../reactions/timers.ts'

/** The context of a handler of a timer, besides the timer. */
export type ConsumerTimerContext<Timers extends string = string> = Omit<
  ReactionContext<Timers>,
  'idempotencyKey' | 'acknowledge'
> & {
  readonly uri: string
  /**
   * The same for every attempt at this call, also after a crash. A producer in a handler takes it as the `id` of what it
   * sends, so that a retry sends nothing twice.
   */
  readonly key: string
  /**
   * Acknowledges the call, and resolves once that is stored. What follows in the handler happens at most once: a later
   * failure is reported, and the call is neither tried again nor parked.
   *
   * @throws AcknowledgementRefused if another worker parked the call; what the storage throws
   */
  ack(): Promise<void>
}

/** The context of a handler, besides the parameters of the call. */
export type ConsumerContext<Timers extends string = string> = ConsumerTimerContext<Timers> & {
  readonly operation: string
  /** The stream of the call, and its number in it. */
  readonly streamId: string
  readonly version: number
  readonly metadata: EventMetadata
  /** W3C Trace Context of the call, if it was traced. */
  readonly traceparent: string | undefined
  /** With `personal`: the names of parameters that contain stand-ins, because their person was forgotten. */
  readonly redacted: readonly string[]
}

/** One handler for each operation. */
export type Handlers<O, Reads extends boolean, Timers extends string> = {
  readonly [Operation in keyof O & string]: (
    parameters: true extends Reads ? OutputOf<O[Operation]> : PublicOf<O[Operation]>,
    context: ConsumerContext<Timers>,
  ) => unknown
}

/** How the consumers of a group handle the calls of a contract. */
export type ConsumerDefinition<O extends EventTypes, Reads extends boolean = false, Timers extends string = never> = {
  /**
   * The group: lower-case words joined by `-`, 1 to 50 characters. Each group gets every call, and its workers share
   * them.
   */
  readonly group: string
  /**
   * Raise it when the operations that the group handles change, so that this code replaces the former while workers with
   * that still run. Default 1.
   */
  readonly version?: number
  /** Whether handlers get personal parameters, too; they must not store them. Default false. */
  readonly personal?: Reads
  /**
   * When a call is acknowledged. `'onSuccess'`: once its handler resolved. `'manual'`: when the handler calls
   * `ctx.ack()`; one that ends without that has failed. `'onFinally'`: after one attempt, whether it succeeded or not; a
   * failure is then only reported. Default `'onSuccess'`.
   */
  readonly ack?: 'onSuccess' | 'manual' | 'onFinally'
  /** Where a new group begins: with new calls only, or with all calls of the log. Default `'now'`. */
  readonly from?: 'now' | 'start'
  /** The maximum number of handlers that one process runs at once, each for another stream; default 16. */
  readonly concurrency?: number
  /** How often a call is tried before its stream is parked; default 5. */
  readonly attempts?: number
  /** Milliseconds after which an attempt counts as failed; default 30,000. */
  readonly timeLimit?: number
  /** Whether an error says that a destination is unavailable, so that the group waits; see `defineReaction`. */
  readonly unavailable?: (error: unknown) => boolean
  /** One handler for each timer that a handler schedules with `ctx.after`; see `defineReaction`. */
  readonly timers?: TimerHandlers<Timers, ConsumerTimerContext<NoInfer<Timers>>>
} & (
  | { readonly on: NoInfer<Handlers<O, Reads, Timers>>; readonly unhandled?: undefined }
  | {
      readonly on: NoInfer<Partial<Handlers<O, Reads, Timers>>>
      /**
       * What happens to calls of operations without a handler: they are skipped, or their stream is parked. Without
       * it, each operation needs a handler.
       */
      readonly unhandled: 'pass' | 'park'
    }
)
