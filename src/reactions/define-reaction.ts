import { InvalidDefinition } from '../core/errors/input.ts'
import type { AnyEventTypes, EventSet, EventTypes } from '../core/events/types.ts'
import type { JsonObject } from '../core/json/json.ts'
import { defineProjection } from '../projections/define-projection.ts'
import type { Reaction, ReactionDefinition, ReactionSettings } from './reaction.ts'

const DEFAULTS = { from: 'now', concurrency: 16, attempts: 5, timeLimit: 30_000 } as const

/**
 * Defines side effects of events: an email, a message, a call to another system. Handlers are called at least once for
 * each event, and the first calls are in order within a stream.
 *
 * @param name lower-case words joined by `-`, 1 to 100 characters, and not a projection's; its progress is stored under
 *   it, so another name is another reaction
 * @throws InvalidDefinition for an invalid name, a handler for an event type that is not among the events, or a number
 *   that is not a whole number from 1
 */
export function defineReaction<E extends EventTypes, Reads extends boolean = false>(
  name: string,
  definition: ReactionDefinition<E, Reads>,
): Reaction {
  const { from, concurrency, attempts, timeLimit } = { ...DEFAULTS, ...definition }
  for (const [setting, value] of Object.entries({ concurrency, attempts, timeLimit })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidDefinition(`Reaction ${name}: ${setting} must be a whole number from 1`)
    }
  }
  if (from !== 'now' && from !== 'start') throw new InvalidDefinition(`Reaction ${name}: from must be 'now' or 'start'`)
  // The processor calls its handlers; the projection only determines which events concern it, and in which sequences.
  const streams = defineProjection<JsonObject, AnyEventTypes>(name, {
    events: definition.events as unknown as EventSet<AnyEventTypes>,
    key: ({ streamId }) => streamId,
    initial: () => ({}),
    on: Object.fromEntries(Object.keys(definition.on).map((type) => [type, () => null])),
  })
  const handlers = definition.on as unknown as { readonly [type: string]: ReactionSettings['call'] }
  return {
    ...(streams as unknown as Reaction),
    readsPersonal: definition.personal === true,
    react: {
      from,
      concurrency,
      attempts,
      timeLimit,
      call: (event, context) => handlers[event.type]?.(event, context),
    },
  }
}
