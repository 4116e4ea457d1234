import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import type { AnyEventTypes, EventSet, EventTypes, InputOf } from '../../core/events/types.ts'
import type { Json } from '../../core/json/json.ts'
import { partFunction, partName } from './names.ts'
import type { RuleInput } from './rule-input.ts'

/** A time: a `Date`, ISO 8601 with a zone, or milliseconds since 1970. It is kept in whole milliseconds. */
export type ActionTime = Date | string | number

/** How a property is set or removed. */
export type PropertyOptions<Event> = {
  /**
   * The time of the value, for events of several streams, which have no order: one with an earlier time than that of the
   * property's last value changes nothing. Of equal times, the greater value holds, compared as canonical JSON; a value
   * is greater than none. It holds among actions that all have it: one without it sets the property whatever its time.
   */
  readonly latestBy?: (input: RuleInput<Event>) => ActionTime
}

/** What a rule does, created by `setProperty`, `removeProperty`, `emit` or `store`. */
export type Action<Event> =
  | (PropertyOptions<Event> & { readonly kind: 'set'; readonly name: string; value(input: RuleInput<Event>): Json })
  | (PropertyOptions<Event> & { readonly kind: 'remove'; readonly name: string })
  | {
      readonly kind: 'emit'
      readonly name: string
      readonly events: EventSet<AnyEventTypes>
      value(input: RuleInput<Event>): unknown
    }
  | { readonly kind: 'store'; readonly name: string; value(input: RuleInput<Event>): Json }

/**
 * Sets a property of the subject. If it has the same value already, compared as JSON, nothing changes.
 *
 * @param name 1 to 100 characters
 * @param value pure and synchronous; it returns JSON
 * @throws InvalidDefinition for an invalid name
 */
export const setProperty = <Event>(
  name: string,
  value: (input: RuleInput<Event>) => Json,
  options: PropertyOptions<Event> = {},
): Action<Event> => ({ kind: 'set', ...named('property', name, value), ...latestBy(name, options) })

/**
 * Removes a property of the subject, if it has it.
 *
 * @throws InvalidDefinition for an invalid name
 */
export const removeProperty = <Event>(name: string, options: PropertyOptions<Event> = {}): Action<Event> => ({
  kind: 'remove',
  name: partName('property', name),
  ...latestBy(name, options),
})

/**
 * Writes an event into the subject's stream. Other rules, projections and reactions take it like any other event.
 *
 * @param events the set that defines the type
 * @param data pure and synchronous; what it returns is validated by the schema of the type
 * @throws InvalidDefinition for a type that is not in the set
 */
export function emit<Event, S extends EventTypes, T extends keyof S & string>(
  events: EventSet<S>,
  type: T,
  data: (input: RuleInput<Event>) => InputOf<S[T]>,
): Action<Event> {
  if (!Object.hasOwn(events.definitions, type))
    throw new InvalidDefinition(`A rule emits ${type}, which is not defined`)
  return {
    kind: 'emit',
    name: type,
    events: events as unknown as EventSet<AnyEventTypes>,
    value: partFunction('event', type, data),
  }
}

/**
 * Adds an entry to a store of the subject: a list that only grows, such as a log.
 *
 * @param name of the store: 1 to 100 characters
 * @param entry pure and synchronous; it returns JSON
 * @throws InvalidDefinition for an invalid name
 */
export const store = <Event>(name: string, entry: (input: RuleInput<Event>) => Json): Action<Event> => ({
  kind: 'store',
  ...named('store', name, entry),
})

/** The definitions of all types that actions emit. */
export const emittedDefinitions = (actions: readonly Action<never>[]): EventDefinitions =>
  Object.assign({}, ...actions.map((action) => (action.kind === 'emit' ? action.events.definitions : {})))

const named = <F>(what: string, name: string, value: F) => ({
  name: partName(what, name),
  value: partFunction(what, name, value),
})

const latestBy = <Event>(name: string, { latestBy: time }: PropertyOptions<Event>) =>
  time === undefined ? {} : { latestBy: partFunction('time of property', name, time) }
