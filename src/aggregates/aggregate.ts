import { InvalidDefinition } from '../core/errors/input.ts'
import type { EventSet, EventTypes, NewEvent, RecordedEvent } from '../core/events/types.ts'
import { formatStreamId } from '../core/stream-id.ts'
import type { Unique } from '../uniqueness/unique-values.ts'
import { isShareable } from './state/initial-state.ts'

/** One function for each event type, which folds an event of that type into the state. */
export type Evolve<S, E extends EventTypes> = {
  readonly [T in keyof E & string]: (state: S, event: RecordedEvent<E, T>) => S
}

/** How the books of a period are closed. */
export type Periods<S, E extends EventTypes> = {
  /** The event that opens the next period: it contains all that the state must still know there. */
  readonly carry: (state: S) => NewEvent<E>
}

/** An aggregate, created by `defineAggregate`. */
export interface Aggregate<S, E extends EventTypes> {
  /** The first part of its stream ids: `meter` of `meter:87000001`. */
  readonly category: string
  readonly events: EventSet<E>
  /**
   * The state before the first event. It is frozen, as all states are. A Map, a Set or a Date cannot be frozen: with
   * one inside, each aggregate gets a copy, and no state is cached in memory between commands.
   */
  readonly initial: S
  /**
   * Pure, synchronous functions: the same events always give the same state, and a state is never changed in place.
   */
  readonly evolve: Evolve<S, E>
  /**
   * Present if an aggregate has one stream for each period, `meter:87000001:2020`, instead of one for its whole life.
   */
  readonly periods?: Periods<S, E>
  /**
   * The values of a state that no other aggregate of the category may have at the same time, by a name for each:
   * `unique: { email: (state) => state.email?.toLowerCase() }`. A function returns a text, several, or none; an empty
   * text is ignored. It must be pure, and change only together with a rebuild of the claims. A command that would give an
   * aggregate a value of another one fails with `ValueTaken`.
   */
  readonly unique?: Unique<S>
}

/**
 * Defines an aggregate: how the events of one stream become the state that commands decide on. The shape is that of
 * equinox' Decider.
 *
 * @throws InvalidDefinition for a category that is invalid in a stream id, if `evolve` and the events differ, or for an
 *   initial state that contains a class instance or a function
 */
export function defineAggregate<S, E extends EventTypes>(definition: {
  readonly category: string
  readonly events: EventSet<E>
  readonly initial: S
  readonly evolve: NoInfer<Evolve<S, E>>
  readonly periods?: NoInfer<Periods<S, E>>
  readonly unique?: NoInfer<Unique<S>>
}): Aggregate<S, E> {
  const { category, events, evolve, periods, unique } = definition
  assertCategory(category)
  for (const type of Object.keys(events.definitions)) {
    if (!Object.hasOwn(evolve, type) || typeof evolve[type as keyof E & string] !== 'function') {
      throw new InvalidDefinition(`Aggregate ${category} has no evolve handler for ${type}`)
    }
  }
  for (const type of Object.keys(evolve)) {
    if (!Object.hasOwn(events.definitions, type)) {
      throw new InvalidDefinition(
        `Aggregate ${category} has an evolve handler for ${type}, which is not one of its events`,
      )
    }
  }
  if (periods !== undefined && typeof periods.carry !== 'function') {
    throw new InvalidDefinition(`Aggregate ${category} has periods, but no carry function to open the next one`)
  }
  for (const [name, select] of Object.entries(unique ?? {})) {
    if (typeof select !== 'function') {
      throw new InvalidDefinition(`Aggregate ${category}: unique.${name} is not a function of the state`)
    }
  }
  if (!isShareable(definition.initial)) {
    throw new InvalidDefinition(
      `The initial state of aggregate ${category} contains a class instance or a function: use plain objects and arrays`,
    )
  }
  return definition
}

function assertCategory(category: string): void {
  try {
    formatStreamId({ category, id: 'id' })
  } catch (cause) {
    throw new InvalidDefinition(`${JSON.stringify(category)} cannot be a category`, { cause })
  }
}
