import { InvalidDefinition } from '../core/errors/input.ts'
import { UnknownTimer } from '../core/errors/timer.ts'
import type { AnyEventTypes, EventSet, EventTypes, RecordedEvent } from '../core/events/types.ts'
import type { JsonObject } from '../core/json/json.ts'
import { TIMER_FIRED } from '../core/port/event-document.ts'
import { createProjection, MAX_NAME } from '../projections/define-projection.ts'
import type { FiredTimer } from '../timers/timer.ts'
import type {
  BatchReactionDefinition,
  Reaction,
  ReactionContext,
  ReactionDefinition,
  ReactionSettings,
} from './reaction.ts'

const DEFAULTS = { from: 'now', concurrency: 16, attempts: 5, timeLimit: 30_000, acknowledge: 'onSuccess' } as const

const NAME = /^[a-z0-9]+([.-][a-z0-9]+)*$/
const TIMER_NAME = /^[A-Za-z0-9_-]+$/
const MOST = 1_000

/**
 * Defines side effects of events: an email, a message, a call to another system. Handlers are called at least once for
 * each event, and the first calls are in order within a stream. They get events one by one (`on`), or in batches
 * (`batch` and `handle`).
 *
 * @param name lower-case words joined by `-` or `.`, 1 to 100 characters, and not a projection's; its progress is stored
 *   under it, so another name is another reaction
 * @throws InvalidDefinition for an invalid name, a handler for an event type that is not among the events, a number that
 *   is not a whole number from 1, a batch of more than 1,000 events, or several attempts with `'onFinally'`
 */
export function defineReaction<E extends EventTypes, Reads extends boolean = false, Timers extends string = never>(
  name: string,
  definition: ReactionDefinition<E, Reads, Timers> | BatchReactionDefinition<E, Reads>,
): Reaction {
  if (typeof name !== 'string' || name.length > MAX_NAME || !NAME.test(name)) {
    throw new InvalidDefinition(
      `${JSON.stringify(name)} cannot name a reaction: lower-case words joined by - or ., 1 to ${MAX_NAME} characters`,
    )
  }
  const react = settingsOf(name, definition)
  const types = Object.keys(definition.batch ? definition.events.definitions : (definition.on ?? {}))
  // The processor calls its handlers; the projection only determines which events concern it, and in which sequences.
  const streams = createProjection<JsonObject, AnyEventTypes>(name, {
    events: definition.events as unknown as EventSet<AnyEventTypes>,
    key: ({ streamId }) => streamId,
    initial: () => ({}),
    on: Object.fromEntries(types.map((type) => [type, () => null])),
  })
  // Also without handlers: a timer of a former code, or of another process's, is parked and not skipped.
  const getsTimers = react.batch === undefined
  return { ...(streams as unknown as Reaction), readsPersonal: definition.personal === true, getsTimers, react }
}

function settingsOf<E extends EventTypes, Reads extends boolean, Timers extends string>(
  name: string,
  definition: ReactionDefinition<E, Reads, Timers> | BatchReactionDefinition<E, Reads>,
): ReactionSettings {
  const fault = (what: string) => new InvalidDefinition(`Reaction ${name}: ${what}`)
  if (typeof definition !== 'object' || definition === null) throw fault('it needs a definition')
  const finally_ = definition.acknowledge === 'onFinally'
  const { from, concurrency, attempts, timeLimit, acknowledge } = {
    ...DEFAULTS,
    ...(finally_ && { attempts: 1 }),
    ...definition,
  }
  for (const [setting, value] of Object.entries({ concurrency, attempts, timeLimit })) {
    if (!Number.isSafeInteger(value) || value < 1) throw fault(`${setting} must be a whole number from 1`)
  }
  if (from !== 'now' && from !== 'start') throw fault(`from must be 'now' or 'start'`)
  if (acknowledge !== 'onSuccess' && acknowledge !== 'onFinally') {
    throw fault(`acknowledge must be 'onSuccess' or 'onFinally'`)
  }
  if (finally_ && attempts !== 1) throw fault(`attempts must be 1 if it acknowledges 'onFinally'`)
  const { unavailable = () => false, batch } = definition
  if (batch === null) throw fault('batch must be an object with most')
  if (typeof unavailable !== 'function') throw fault('unavailable must be a function')
  const timers = (definition.timers ?? {}) as { readonly [name: string]: TimerHandler }
  const timerFault = timersFault(timers)
  if (timerFault !== undefined) throw fault(timerFault)
  const names: ReadonlySet<string> = new Set(Object.keys(timers))
  const settings = { from, concurrency, attempts, timeLimit, acknowledge, unavailable, timers: names }
  if (batch === undefined) {
    if (definition.handle !== undefined) throw fault('handle is for batches: give batch.most, too, or use on')
    const handlers = (definition.on ?? {}) as unknown as { readonly [type: string]: ReactionSettings['call'] }
    for (const [type, handler] of Object.entries(handlers)) {
      if (typeof handler !== 'function') throw fault(`the handler of ${type} must be a function`)
    }
    if (Object.keys(handlers).length + names.size === 0) throw fault('it handles nothing')
    return {
      ...settings,
      call: (event, context) =>
        event.type === TIMER_FIRED ? callTimer(name, timers, event, context) : handlers[event.type]?.(event, context),
    }
  }
  if (names.size > 0) throw fault('a reaction with batch has no timers')
  const { most } = batch
  if (!Number.isSafeInteger(most) || most < 1 || most > MOST) {
    throw fault(`batch.most must be a whole number from 1 to ${MOST}`)
  }
  if (typeof definition.handle !== 'function' || definition.on !== undefined || definition.acknowledge !== undefined) {
    throw fault('a reaction with batch has handle, and neither on nor acknowledge')
  }
  const handle = definition.handle as unknown as BatchHandler
  return { ...settings, call: (event, context) => callWithOne(handle, event, context), batch: { most, call: handle } }
}

type TimerHandler = (timer: FiredTimer, context: ReactionContext) => unknown

/** Calls the handler of a timer that fired. @throws UnknownTimer */
function callTimer(
  reaction: string,
  handlers: { readonly [name: string]: TimerHandler },
  { streamId, version, data, metadata }: RecordedEvent<AnyEventTypes>,
  context: ReactionContext,
): unknown {
  const { timer, key, at, data: given } = data as unknown as FiredTimer
  const handler = Object.hasOwn(handlers, timer) ? handlers[timer] : undefined
  if (handler === undefined) throw new UnknownTimer(reaction, timer)
  return handler({ timer, key, at, firedAt: metadata.recordedAt, data: given, streamId, version }, context)
}

/** What is wrong with the handlers of timers, if anything is. */
function timersFault(handlers: { readonly [name: string]: unknown }): string | undefined {
  const wrong = Object.keys(handlers).find((name) => !TIMER_NAME.test(name) || name.length > MAX_NAME)
  if (wrong !== undefined) {
    return `${JSON.stringify(wrong)} cannot name a timer: letters, digits, - and _, 1 to ${MAX_NAME} characters`
  }
  const missing = Object.keys(handlers).find((name) => typeof handlers[name] !== 'function')
  return missing === undefined ? undefined : `the handler of timer ${missing} must be a function`
}

type BatchHandler = NonNullable<ReactionSettings['batch']>['call']

/** Calls a handler of batches with one event. @throws what it throws, or reports of that event */
async function callWithOne(
  handle: BatchHandler,
  event: RecordedEvent<AnyEventTypes>,
  { idempotencyKey, position, attempt, signal }: ReactionContext,
): Promise<void> {
  const failures: unknown[] = []
  await handle([event], {
    keyOf: () => idempotencyKey,
    positionOf: () => position,
    attemptOf: () => attempt,
    fail: (_, error) => void failures.push(error),
    signal,
  })
  if (failures.length > 0) throw failures[0]
}
