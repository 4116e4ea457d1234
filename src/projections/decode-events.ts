import { decodeEvents, decodeSealed, isAnySealed } from '../core/events/codec.ts'
import type { Opening } from '../core/events/sealing/open-documents.ts'
import { deepFreeze } from '../core/json/deep-freeze.ts'
import { type EventDocument, FORGOTTEN, TOMBSTONE } from '../core/port/event-document.ts'
import type { FoldInput } from './fold-item.ts'
import type { DeletedStream, FoldedEvent, ForgottenPerson, Projection } from './projection.ts'

/**
 * Decodes the events that a projection handles, frozen, because one event may affect several views, and a fold may be
 * repeated.
 *
 * @returns one for each document: undefined if the projection does not handle it
 * @throws EventSchemaTooNew, UpcastFailed; VaultRequired, and what the vault throws
 */
export async function decodeFor(
  projection: Projection,
  documents: readonly EventDocument[],
  vault: Opening['vault'],
): Promise<readonly (FoldInput | undefined)[]> {
  const { events, readsPersonal: personal } = projection
  const typed = documents.filter(({ eventType }) => Object.hasOwn(events.definitions, eventType))
  const opening = { vault, personal }
  // What gets no personal members has nothing to take back.
  const sealed = personal && isAnySealed(events, typed) ? await decodeSealed(events, typed, opening) : undefined
  const plain = sealed ? [] : await decodeEvents(events, typed, opening)
  let next = 0
  return documents.map((document) => {
    if (document === typed[next]) {
      const at = next++
      return sealed ? frozenInput(sealed[at] as FoldInput) : { event: frozen(plain[at] as FoldedEvent) }
    }
    const event = ownEvent(projection, document)
    return event && { event: frozen(event) }
  })
}

function frozenInput({ event, keys, people, without }: FoldInput): FoldInput {
  if (people === undefined || without === undefined) return { event: frozen(event) }
  return {
    event: frozen(event),
    people,
    ...(keys && { keys, without: (isForgotten) => frozen(without(isForgotten)) }),
  }
}

// Data and metadata may be shared with other projections, and are then already frozen at every level.
function frozen(event: FoldedEvent): FoldedEvent {
  if (!Object.isFrozen(event.metadata)) deepFreeze(event.metadata)
  if ('data' in event && !Object.isFrozen(event.data)) deepFreeze(event.data)
  return Object.freeze(event)
}

/** The storage's own events that projections can handle. */
function ownEvent(projection: Projection, document: EventDocument): DeletedStream | ForgottenPerson | undefined {
  const { eventType, eventData, stream, metadata } = document
  if (eventType === TOMBSTONE && projection.foldsDeletion) {
    return { type: TOMBSTONE, streamId: stream.id, version: stream.version, metadata }
  }
  if (eventType !== FORGOTTEN || !projection.foldsForgotten) return undefined
  const { person, key, through } = eventData
  return {
    type: FORGOTTEN,
    streamId: stream.id,
    version: stream.version,
    metadata,
    person: String(person),
    through: `${key}.${through}`,
  }
}
