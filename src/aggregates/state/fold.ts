import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'
import { InvalidDefinition } from '../../core/errors/input.ts'
import { decodeEvents } from '../../core/events/codec.ts'
import type { Opening } from '../../core/events/sealing/open-documents.ts'
import type { EventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { Aggregate } from '../aggregate.ts'

/**
 * The state after some more events. Types that the aggregate does not know are skipped.
 *
 * @param opening how personal data is opened
 * @throws EventSchemaTooNew, UpcastFailed, VaultRequired, those of the vault, and as `evolveState` does
 */
export async function foldDocuments<S, E extends EventTypes>(
  aggregate: Aggregate<S, E>,
  state: S,
  documents: readonly EventDocument[],
  opening: Opening = {},
): Promise<S> {
  let folded = state
  for (const event of await decodeEvents(aggregate.events, documents, opening)) {
    folded = evolveState(aggregate, folded, event)
  }
  return folded
}

/**
 * The state after one more event.
 *
 * @throws InvalidDefinition if the handler of `evolve` returns a promise, and what it throws
 */
export function evolveState<S, E extends EventTypes>(
  { category, evolve }: Aggregate<S, E>,
  state: S,
  event: RecordedEvent<E>,
): S {
  const evolved = evolve[event.type](state, event)
  if (isThenable(evolved)) {
    ignoreRejection(evolved)
    throw new InvalidDefinition(
      `Aggregate ${category}: evolve returned a promise for ${event.type}, but must be synchronous`,
    )
  }
  return evolved
}
