import { decodeEvents, decodeSealed, isAnySealed } from '../core/events/codec.ts'
import type { Opening } from '../core/events/sealing/open-documents.ts'
import { withoutStamp } from '../core/events/stamp-events.ts'
import { deepFreeze } from '../core/json/deep-freeze.ts'
import { type EventDocument, FORGOTTEN, TIMER_FIRED, TOMBSTONE } from '../core/port/event-document.ts'
import type { FoldInput } from './fold-item.ts'
import type { FoldedEvent, Projection } from './projection.ts'

/**
 * Decodes the events that a projection handles, frozen, because one event may affect several views, and a fold may be
 * repeated.
 *
 * @returns one for each document: undefined if the projection does not handle it
 * @throws EventSchemaTooNew, UpcastFailed, UnknownOperation; VaultRequired, and what the vault throws
 */
export async function decodeFor(
  projection: Projection,
  documents: readonly EventDocument[],
  vault: Opening['vault'],
): Promise<readonly (FoldInput | undefined)[]> {
  const { events, readsPersonal: personal } = projection
  if (projection.assertKnown) for (const document of documents) projection.assertKnown(document)
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

/** The storage's own events that projections and reactions can handle. */
function ownEvent(projection: Projection, document: EventDocument): FoldedEvent | undefined {
  const { eventType, eventData, stream } = document
  if (eventType === TOMBSTONE && projection.foldsDeletion) {
    return { type: TOMBSTONE, streamId: stream.id, version: stream.version, metadata: withoutStamp(document.metadata) }
  }
  if (eventType === TIMER_FIRED && projection.getsTimers && eventData.reaction === projection.name) {
    const { id: streamId, version } = stream
    return { type: TIMER_FIRED, streamId, version, data: eventData, metadata: withoutStamp(document.metadata) }
  }
  if (eventType !== FORGOTTEN || !projection.foldsForgotten) return undefined
  const { person, key, through } = eventData
  return {
    type: FORGOTTEN,
    streamId: stream.id,
    version: stream.version,
    metadata: withoutStamp(document.metadata),
    person: String(person),
    through: `${key}.${through}`,
  }
}
