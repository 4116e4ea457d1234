import { InvalidDefinition } from '../../core/errors/input.ts'
import { OperationUnhandled, UnknownOperation } from '../../core/errors/messaging.ts'
import type { AnyEventTypes, EventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { GroupCode } from '../../core/leases/groups.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { Reaction, ReactionContext } from '../../reactions/reaction.ts'
import type { TimerHandlers } from '../../reactions/timers.ts'
import type { FiredTimer } from '../../timers/timer.ts'
import type { Contract } from '../contracts/define-contract.ts'
import { type Acknowledging, callHandler, callTimerHandler, type Handler, type TimerHandler } from './call-handler.ts'
import type { ConsumerDefinition } from './consumer-types.ts'

const GROUP = /^[a-z0-9]+(-[a-z0-9]+)*$/
const MAX_GROUP = 50
const ACKS: readonly Acknowledging[] = ['onSuccess', 'manual', 'onFinally']

/**
 * Defines how a group handles the calls of a contract. `startProcessor` and the worker run it: it is a reaction, called
 * by the contract's uri and the group, as in `shop.shipment-transit`.
 *
 * @throws InvalidDefinition for an invalid group or version, an operation without a handler, a handler for an operation
 *   that the contract does not have, and as `defineReaction` does
 */
export function defineConsumer<
  Uri extends string,
  O extends EventTypes,
  Reads extends boolean = false,
  Timers extends string = never,
>(contract: Contract<Uri, O>, definition: ConsumerDefinition<O, Reads, Timers>): Reaction {
  const { group, version = 1, ack = 'onSuccess', unhandled, on, timers, ...settings } = definition
  if (typeof group !== 'string' || group.length > MAX_GROUP || !GROUP.test(group)) {
    throw new InvalidDefinition(
      `${JSON.stringify(group)} cannot be a group: lower-case words joined by -, 1 to ${MAX_GROUP} characters`,
    )
  }
  const { uri } = contract
  const name = `${uri}-${group}`
  const fault = (what: string) => new InvalidDefinition(`Consumer ${name}: ${what}`)
  if (!Number.isSafeInteger(version) || version < 1) throw fault('version must be a whole number from 1')
  if (!ACKS.includes(ack)) throw fault(`ack must be one of ${ACKS.join(', ')}`)
  if (unhandled !== undefined && unhandled !== 'pass' && unhandled !== 'park') {
    throw fault(`unhandled must be 'pass' or 'park'`)
  }
  const handlers = handlersOf(contract, on as Handlers, unhandled !== undefined, fault)
  const code: GroupCode = { version, operations: operationsOf(contract, handlers, unhandled) }
  const call = (operation: string) => {
    const handler: Handler = handlers.get(operation) ?? refuse
    return (event: RecordedEvent<AnyEventTypes>, context: ReactionContext) =>
      callHandler({ name, uri, operation, ack }, handler, event, context)
  }
  const reaction = defineReaction<AnyEventTypes, Reads, string>(name, {
    ...settings,
    timers: timerHandlersOf({ name, uri, ack }, timers),
    acknowledge: ack === 'onFinally' ? 'onFinally' : 'onSuccess',
    events: contract.events as never,
    on: Object.fromEntries(Object.keys(code.operations).map((one) => [`${uri}.${one}`, call(one)])) as never,
  })
  return { ...reaction, group: code, ...(unhandled !== 'pass' && { assertKnown: assertKnownBy(name, contract) }) }

  function refuse(_: unknown, { operation }: { readonly operation: string }): never {
    throw new OperationUnhandled(name, operation)
  }
}

/** The handlers of timers as those of a reaction. What is no function stays, so that the reaction refuses it. */
function timerHandlersOf(
  consumer: Parameters<typeof callTimerHandler>[0],
  timers: { readonly [name: string]: unknown } = {},
): TimerHandlers<string, ReactionContext> {
  const handlers = Object.entries(timers).map(([timer, handler]) => [
    timer,
    typeof handler === 'function'
      ? (fired: FiredTimer, context: ReactionContext) =>
          callTimerHandler(consumer, handler as TimerHandler, fired, context)
      : handler,
  ])
  return Object.fromEntries(handlers)
}

type Handlers = Readonly<Record<string, unknown>> | undefined

function handlersOf(
  { operations }: Pick<Contract, 'operations'>,
  on: Handlers,
  mayLack: boolean,
  fault: (what: string) => InvalidDefinition,
): ReadonlyMap<string, Handler> {
  const given = Object.entries(on ?? {}).filter(([, handler]) => handler !== undefined)
  for (const [operation, handler] of given) {
    if (!Object.hasOwn(operations, operation)) throw fault(`it handles ${operation}, which the contract does not have`)
    if (typeof handler !== 'function') throw fault(`the handler of ${operation} must be a function`)
  }
  if (given.length === 0) throw fault('it handles no operation')
  const handlers = new Map(given as [string, Handler][])
  const missing = Object.keys(operations).find((operation) => !handlers.has(operation))
  if (missing !== undefined && !mayLack) {
    throw fault(`it has no handler for ${missing}; add one, or say what happens to unhandled operations`)
  }
  return handlers
}

function operationsOf(
  { operations }: Pick<Contract, 'operations'>,
  handlers: ReadonlyMap<string, Handler>,
  unhandled: 'pass' | 'park' | undefined,
): GroupCode['operations'] {
  const done: Record<string, 'handled' | 'parked'> = {}
  for (const operation of Object.keys(operations)) {
    if (handlers.has(operation)) done[operation] = 'handled'
    else if (unhandled === 'park') done[operation] = 'parked'
  }
  return done
}

/** What stops at a call of an operation that only a newer contract has, so that it is not skipped. */
function assertKnownBy(name: string, { uri, operations }: Pick<Contract, 'uri' | 'operations'>) {
  const prefix = `${uri}.`
  return ({ eventType, stream }: EventDocument): void => {
    if (!eventType.startsWith(prefix)) return
    const operation = eventType.slice(prefix.length)
    // Of a contract whose uri begins with this one.
    if (operation.includes('.') || Object.hasOwn(operations, operation)) return
    throw new UnknownOperation(name, operation, stream)
  }
}
