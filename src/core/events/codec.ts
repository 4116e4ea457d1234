import { InvalidEvent } from '../errors/input.ts'
import type { EventDocument, NewEventDocument } from '../port/event-document.ts'
import { uuidV7 } from '../uuid.ts'
import { schemaVersionOf } from './define-events.ts'
import type { EventDefinitions, EventSet, NewEvent, RecordedEvent, UserMetadata } from './types.ts'
import { upcast } from './upcast.ts'
import { validateEvent } from './validate.ts'

// The one place between a domain event and its stored document. Append, read, query and feed all go through it, and
// both ways are asynchronous, so that data which is kept elsewhere or under a key can be put in and taken out here.

/** What all events of one append have in common; an event's own metadata goes before it. */
export type EncodeContext = {
  readonly metadata?: UserMetadata
  /** Set by a repository that carries out a command. */
  readonly command?: { readonly id: string; readonly fingerprint?: string; readonly eventId: (index: number) => string }
}

/**
 * Validates events and makes the documents to append.
 *
 * @throws UnknownEventType, InvalidEventData, InvalidEvent
 */
export async function encodeEvents<D extends EventDefinitions>(
  set: EventSet<D>,
  events: readonly NewEvent<D>[],
  context: EncodeContext = {},
): Promise<NewEventDocument[]> {
  const documents: NewEventDocument[] = []
  for (const [index, event] of events.entries()) {
    const eventData = await validateEvent(set, event)
    const schemaVersion = schemaVersionOf(set.definitions[event.type] as EventDefinitions[string])
    if (context.command && event.id) throw new InvalidEvent('The ids of events come from the command id: give no other')
    assertUserMetadata(event.metadata)
    assertUserMetadata(context.metadata)
    documents.push({
      eventType: event.type,
      eventData,
      metadata: {
        eventId: context.command?.eventId(index) ?? event.id ?? uuidV7(),
        ...(schemaVersion > 1 && { schemaVersion }),
        ...(context.command && { commandId: context.command.id }),
        ...(context.command?.fingerprint && { commandFingerprint: context.command.fingerprint }),
        ...context.metadata,
        ...event.metadata,
      },
    })
  }
  return documents
}

/**
 * The typed events of documents, in their newest shape. Types that the set does not know are passed over, as are the
 * storage's own.
 *
 * @throws EventSchemaTooNew, UpcastFailed
 */
export async function decodeEvents<D extends EventDefinitions>(
  set: EventSet<D>,
  documents: readonly EventDocument[],
): Promise<RecordedEvent<D>[]> {
  const events: RecordedEvent<D>[] = []
  for (const document of documents) {
    const definition = Object.hasOwn(set.definitions, document.eventType) && set.definitions[document.eventType]
    if (!definition) continue
    events.push({
      type: document.eventType,
      data: upcast(document, definition),
      streamId: document.stream.id,
      version: document.stream.version,
      metadata: document.metadata,
    } as RecordedEvent<D>)
  }
  return events
}

const TAKEN = ['eventId', 'recordedAt', 'schemaVersion', 'commandId', 'commandFingerprint']

function assertUserMetadata(metadata: UserMetadata | undefined): void {
  if (metadata === undefined) return
  const taken = TAKEN.find((name) => name in metadata)
  if (taken !== undefined) throw new InvalidEvent(`Metadata cannot set ${taken}: that is Tidemark's own`)
}
