import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'
import { NotAcknowledged } from '../../core/errors/messaging.ts'
import type { AnyEventTypes, EventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { ReactionContext } from '../../reactions/reaction.ts'
import type { FiredTimer } from '../../timers/timer.ts'
import type { ConsumerContext, ConsumerDefinition, ConsumerTimerContext } from './consumer-types.ts'

export type Handler = (parameters: unknown, context: ConsumerContext) => unknown
export type TimerHandler = (timer: FiredTimer, context: ConsumerTimerContext) => unknown
export type Acknowledging = NonNullable<ConsumerDefinition<EventTypes>['ack']>

type Consumer = Record<'name' | 'uri', string> & { readonly ack: Acknowledging }

/** Calls a consumer's handler with the parameters of a call. @throws NotAcknowledged, and what the handler throws */
export function callHandler(
  { operation, ...consumer }: Consumer & { readonly operation: string },
  handler: Handler,
  { data, streamId, version, metadata, redacted = [] }: RecordedEvent<AnyEventTypes>,
  { idempotencyKey: key, acknowledge, ...context }: ReactionContext,
): unknown {
  const { traceparent } = metadata
  const { ack, end } = acknowledging(consumer, operation, acknowledge)
  const returned = handler(data, {
    ...context,
    uri: consumer.uri,
    operation,
    key,
    streamId,
    version,
    metadata,
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    redacted,
    ack,
  })
  // What is synchronous stays so, since waiting would cost more than calling it.
  return isThenable(returned) ? returned.then(end) : end()
}

/** Calls a consumer's handler of a timer. @throws NotAcknowledged, and what the handler throws */
export async function callTimerHandler(
  consumer: Consumer,
  handler: TimerHandler,
  timer: FiredTimer,
  { idempotencyKey: key, acknowledge, ...context }: ReactionContext,
): Promise<void> {
  const { ack, end } = acknowledging(consumer, timer.timer, acknowledge)
  await handler(timer, { ...context, uri: consumer.uri, key, ack })
  await end()
}

/** Acknowledges once, however often a handler asks for it, which need not await it. */
function acknowledging({ name, ack: mode }: Consumer, what: string, acknowledge: () => Promise<void>) {
  let acknowledged: Promise<void> | undefined
  return {
    ack() {
      if (acknowledged === undefined) {
        acknowledged = acknowledge()
        ignoreRejection(acknowledged)
      }
      return acknowledged
    },
    /** What is left to wait for once the handler is done. @throws NotAcknowledged */
    end(): Promise<void> | undefined {
      if (acknowledged === undefined && mode === 'manual') throw new NotAcknowledged(name, what)
      return acknowledged
    },
  }
}
