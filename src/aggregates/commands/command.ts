import type { EventTypes, NewEvent } from '../../core/events/types.ts'
import type { Aggregate } from '../aggregate.ts'
import type { CommandFault } from './command-fault.ts'

/** What a command decides: an event, several, or none. */
// The empty list makes the compiler keep the types of a list's events apart, so that each is compared by itself.
export type Decision<E extends EventTypes> = NewEvent<E> | readonly NewEvent<E>[] | readonly []

/** A pure, synchronous function from a state to the events to append: one, several, or none. */
export type Command<S, E extends EventTypes> = (state: S) => Decision<E>

/**
 * The commands of an aggregate, for annotations:
 * `const addItem = (sku: string): CommandOf<typeof order> => (state) => …`.
 */
export type CommandOf<A> = A extends Aggregate<infer S, infer E extends EventTypes> ? Command<S, E> : never

/** Whatever a function that is given as a command may return, right or wrong. */
export type Returned<E extends EventTypes> =
  | Decision<E>
  | object
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a mistake to be named
  | void

/**
 * What a command that returns `R` must return: just that, where it is right, else a text that says what is wrong with
 * it, so that the compiler names the mistake in one line.
 */
export type Decided<R, E extends EventTypes> = [R] extends [Decision<E>]
  ? Decision<E>
  : R extends Decision<E>
    ? R
    : CommandFault<R, E>
