import { decodeEvents } from '../core/events/codec.ts'
import type { EventDefinitions } from '../core/events/types.ts'
import type { EventDocument } from '../core/port/event-document.ts'
import type { Aggregate } from './aggregate.ts'

/**
 * The state after some more events. Types that the aggregate does not know are passed over.
 *
 * @throws EventSchemaTooNew, UpcastFailed, and what a handler of `evolve` throws
 */
export async function foldDocuments<S, D extends EventDefinitions>(
  aggregate: Aggregate<S, D>,
  state: S,
  documents: readonly EventDocument[],
): Promise<S> {
  let folded = state
  for (const event of await decodeEvents(aggregate.events, documents)) {
    folded = aggregate.evolve[event.type](folded, event)
  }
  return folded
}
