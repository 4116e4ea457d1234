import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { BusSubscription } from '../bus/subscription.ts'
import type { SubscriberOptions } from './start-subscriber.ts'

/** A subscriber that a worker starts. */
export type SubscriberDefinition = Pick<SubscriberOptions, 'events' | 'stream' | 'claims' | 'sessions'> & {
  readonly name: string
  /** Opens the queue or subscription; called when the worker starts. */
  readonly subscription: () => BusSubscription
}

/**
 * Defines a subscriber for the worker's folder; without a worker, call `startSubscriber`.
 *
 * @param name the name of its file
 * @throws InvalidDefinition
 */
export function defineSubscriber<E extends EventTypes>(
  name: string,
  definition: Pick<SubscriberOptions<E>, 'events' | 'stream' | 'claims' | 'sessions'> & {
    readonly subscription: () => BusSubscription
  },
): SubscriberDefinition {
  if (typeof name !== 'string' || name === '') throw new InvalidDefinition('A subscriber needs a name')
  if (typeof definition.subscription !== 'function') {
    throw new InvalidDefinition(`Subscriber ${name}: subscription must be a function that opens one`)
  }
  return { ...(definition as unknown as Omit<SubscriberDefinition, 'name'>), name }
}
