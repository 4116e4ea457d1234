import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'
import { InvalidCommand } from '../../core/errors/input.ts'
import type { EventDefinitions, NewEvent } from '../../core/events/types.ts'

/**
 * The events that a command returned: one, several, or none.
 *
 * @param returned what it returned
 * @param refusal the error for what cannot be its answer
 * @throws InvalidCommand, or what `refusal` makes, for a promise, for nothing, and for anything else but events
 */
export function decidedEvents<D extends EventDefinitions>(
  returned: unknown,
  refusal: (found: string) => Error = (found) => new InvalidCommand(`The command returned ${found}`),
): readonly NewEvent<D>[] {
  const events: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
  const promises = events.filter(isThenable)
  for (const promise of promises) ignoreRejection(promise)
  if (promises.length > 0) throw refusal('a promise; it must be synchronous, so await what it needs beforehand')
  if (returned === undefined) throw refusal('nothing; to decide nothing, it returns an empty array')
  if (!events.every(isEvent)) throw refusal('something other than an event or an array of events')
  return events as readonly NewEvent<D>[]
}

const isEvent = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { readonly type?: unknown }).type === 'string'
