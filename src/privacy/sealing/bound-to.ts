import type { EventMetadata } from '../../core/port/event-document.ts'
import type { ViewRef } from '../../core/port/view-store.ts'
import { associatedData } from './associated-data.ts'

// What each kind of ciphertext is bound to. Changing a line makes everything that was sealed before unreadable, so a
// change needs a new format; test/unit/privacy/sealing/vectors.json notices.

/** What of an event its ciphertexts are bound to. Its version is not known before it is appended. */
export type EventPlace = {
  readonly streamId: string
  readonly eventType: string
  readonly metadata: Pick<EventMetadata, 'eventId' | 'schemaVersion'>
}

const partsOf = ({ streamId, eventType, metadata }: EventPlace): readonly string[] => [
  streamId,
  metadata.eventId,
  eventType,
  String(metadata.schemaVersion ?? 1),
]

/** For members of an event. */
export const boundToEvent = (place: EventPlace, key: string, members: readonly string[]): Buffer =>
  associatedData('event/1', [...partsOf(place), key, members])

/** For a member of an event that is stored apart. */
export const boundToPayload = (place: EventPlace, key: string, member: string): Buffer =>
  associatedData('payload/1', [...partsOf(place), key, member])

/** For members of a view. */
export const boundToView = ({ projection, version, key: viewKey }: ViewRef, key: string, members: readonly string[]) =>
  associatedData('view/1', [projection, String(version), viewKey, key, members])

/** For a state. */
export const boundToState = (place: readonly string[], keys: readonly string[]): Buffer =>
  associatedData('state/1', [place, keys])
