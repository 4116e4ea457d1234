import { uuidV7 } from '../append/uuid.ts'
import { ignoreRejection, isThenable } from '../async/callbacks.ts'
import { InvalidEvent } from '../errors/input.ts'
import type { EventDocument, NewEventDocument } from '../port/event-document.ts'
import { schemaVersionOf } from './define-events.ts'
import type { DefinedEvents, EventDefinitions, EventTypes, NewEvent, RecordedEvent, UserMetadata } from './types.ts'
import { upcast } from './upcast.ts'
import { validateEvent } from './validate.ts'

// The only place where domain events and stored documents are converted. Append, read, query and feed all use it. Both
// directions are asynchronous, so that data which is stored elsewhere or encrypted can be inserted and removed here.

/** Metadata shared by all events of one append; an event's own metadata takes precedence. */
export type EncodeContext = {
  readonly metadata?: UserMetadata
  /** Set by a repository that executes a command. */
  readonly command?: { readonly id: string; readonly fingerprint?: string; readonly eventId: (index: number) => string }
}

/**
 * Validates events and creates the documents to append.
 *
 * @throws UnknownEventType, InvalidEventData, InvalidEvent
 */
export async function encodeEvents<E extends EventTypes>(
  set: DefinedEvents<E>,
  events: readonly NewEvent<E>[],
  context: EncodeContext = {},
): Promise<NewEventDocument[]> {
  assertUserMetadata(context.metadata)
  const documents: NewEventDocument[] = []
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as NewEvent<E>
    assertEvent(event, i)
    const output = validateEvent(set, event)
    // Most schemas are synchronous, and a turn of the event loop for each event would cost as much as validating it.
    const eventData = isThenable(output) ? await output : output
    documents.push({ eventType: event.type, eventData, metadata: newMetadata(set, event, i, context) })
  }
  return documents
}

function newMetadata<E extends EventTypes>(
  { definitions }: DefinedEvents<E>,
  { type, id, metadata }: NewEvent<E>,
  index: number,
  { command, metadata: common }: EncodeContext,
): NewEventDocument['metadata'] {
  if (command && id) throw new InvalidEvent('The ids of events are derived from the command id; remove eventId')
  assertUserMetadata(metadata)
  const schemaVersion = schemaVersionOf(definitions[type] as EventDefinitions[string])
  const own: { eventId: string; schemaVersion?: number; commandId?: string; commandFingerprint?: string } = {
    eventId: command?.eventId(index) ?? id ?? uuidV7(),
  }
  if (schemaVersion > 1) own.schemaVersion = schemaVersion
  if (command) own.commandId = command.id
  if (command?.fingerprint) own.commandFingerprint = command.fingerprint
  return common || metadata ? { ...own, ...common, ...metadata } : own
}

/**
 * The typed events of documents, in their newest shape. Types that the set does not define are skipped, and so are the
 * storage's own.
 *
 * @throws EventSchemaTooNew, UpcastFailed
 */
export async function decodeEvents<E extends EventTypes>(
  set: DefinedEvents<E>,
  documents: readonly EventDocument[],
): Promise<RecordedEvent<E>[]> {
  const events: RecordedEvent<E>[] = []
  for (const document of documents) {
    const definition = Object.hasOwn(set.definitions, document.eventType) && set.definitions[document.eventType]
    if (!definition) continue
    events.push({
      type: document.eventType,
      data: upcast(document, definition),
      streamId: document.stream.id,
      version: document.stream.version,
      metadata: document.metadata,
    } as RecordedEvent<E>)
  }
  return events
}

function assertEvent(event: unknown, index: number): void {
  if (typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string') return
  if (isThenable(event)) ignoreRejection(event)
  throw new InvalidEvent(`Event ${index} of the append must be an object with a type and data`)
}

const TAKEN = ['eventId', 'recordedAt', 'schemaVersion', 'commandId', 'commandFingerprint']

function assertUserMetadata(metadata: UserMetadata | undefined): void {
  if (metadata === undefined) return
  const taken = TAKEN.find((name) => name in metadata)
  if (taken !== undefined) throw new InvalidEvent(`Metadata cannot set ${taken}, which is reserved`)
}
