import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { sealDocuments } from '../../core/events/sealing/seal-documents.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { Context } from '../state/context.ts'

/**
 * Seals events that were decided on a state.
 *
 * @param keys those that opened what is in the state
 * @returns the same list if nothing is personal
 * @throws KeysUnavailable if one of the keys was forgotten meanwhile; and as `sealDocuments` does
 */
export async function sealDecided<S, E extends EventTypes>(
  { aggregate, storage: { vault } }: Context<S, E>,
  streamId: string,
  encoded: readonly NewEventDocument[],
  keys: readonly string[] = [],
): Promise<readonly NewEventDocument[]> {
  const documents = await sealDocuments(vault, streamId, encoded, aggregate.events.definitions)
  // Asked afterwards: a person who was admitted again has a new key, which must not seal what the old one opened.
  const isCurrent = documents === encoded || keys.length === 0 || (await vault?.states.areCurrent(keys))
  if (isCurrent) return documents
  throw new KeysUnavailable(`A person was forgotten while events of ${streamId} were decided: try again`)
}
