import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'
import { InvalidCommand } from '../../core/errors/input.ts'
import type { EventTypes, NewEvent } from '../../core/events/types.ts'

/**
 * The events that a command returned: one, several, or none.
 *
 * @param returned what it returned
 * @param refusal creates the error for an invalid result
 * @throws InvalidCommand, or the error that `refusal` creates, for a promise, for nothing, and for anything else that
 *   is not events
 */
export function decidedEvents<E extends EventTypes>(
  returned: unknown,
  refusal: (found: string) => Error = (found) => new InvalidCommand(`The command returned ${found}`),
): readonly NewEvent<E>[] {
  const events: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
  const promises = events.filter(isThenable)
  for (const promise of promises) ignoreRejection(promise)
  if (promises.length > 0) {
    throw refusal('a promise. Async commands are not supported: fetch what the command needs first, then decide')
  }
  if (returned === undefined) throw refusal('nothing. It must return an event, a list of events, or [] for none')
  if (!events.every(isEvent)) throw refusal('something other than an event or an array of events')
  return events as readonly NewEvent<E>[]
}

const isEvent = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { readonly type?: unknown }).type === 'string'
