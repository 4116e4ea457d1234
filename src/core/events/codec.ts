import { uuidV7 } from '../append/uuid.ts'
import { ignoreRejection, isThenable } from '../async/callbacks.ts'
import { InvalidEvent, InvalidEventData } from '../errors/input.ts'
import type { JsonObject } from '../json/json.ts'
import type { EventDocument, NewEventDocument } from '../port/event-document.ts'
import type { EventDefinitions } from './definition-types.ts'
import { personalOf, schemaVersionOf } from './describe.ts'
import {
  type OpenedDocument,
  type Opening,
  openDocuments,
  withoutPersonal,
  withStandIns,
} from './sealing/open-documents.ts'
import type { PersonalRule } from './sealing/personal-types.ts'
import { redactDocument } from './sealing/redact-document.ts'
import { APART, isSealed, SEALED, sealedPartsOf } from './sealing/sealed-data.ts'
import { withoutStamp } from './stamp-events.ts'
import type { AnyEventTypes, DefinedEvents, EventTypes, NewEvent, RecordedEvent, UserMetadata } from './types.ts'
import { upcast } from './upcast.ts'
import { validateEvent } from './validate.ts'

// The only place where domain events and stored documents are converted. Append, read, query and feed all use it. New
// documents are in clear until `sealDocuments`, so that they can be folded before they are appended.

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
    assertUnsealed(event.type, eventData)
    documents.push({ eventType: event.type, eventData, metadata: newMetadata(set, event, i, context) })
  }
  return documents
}

function assertUnsealed(type: string, data: JsonObject): void {
  if (!isSealed(data)) return
  const path = data[SEALED] === undefined ? APART : SEALED
  throw new InvalidEventData(type, [{ path, message: 'this name is reserved' }])
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
 * @throws EventSchemaTooNew, UpcastFailed; VaultRequired, and what the vault throws
 */
export async function decodeEvents<E extends EventTypes>(
  set: DefinedEvents<E>,
  documents: readonly EventDocument[],
  opening: Opening = {},
): Promise<RecordedEvent<E>[]> {
  const { definitions } = set
  if (isAnySealed(set, documents)) return (await decodeSealed(set, documents, opening)).map(({ event }) => event)
  const events: RecordedEvent<E>[] = []
  for (const document of documents) {
    const definition = Object.hasOwn(definitions, document.eventType) && definitions[document.eventType]
    if (definition) events.push(toEvent({ document }, definition, opening) as RecordedEvent<E>)
  }
  return events
}

/** Whether a document of a type that the set defines is sealed. */
export const isAnySealed = ({ definitions }: DefinedEvents<EventTypes>, documents: readonly EventDocument[]): boolean =>
  documents.some(({ eventData, eventType }) => isSealed(eventData) && Object.hasOwn(definitions, eventType))

/** Sealed members of one person in an event. */
export type SealedPart = {
  /** The key: `<key id>.<generation>`. */
  readonly key: string
  /** The person's id; undefined if the rule by which they were sealed is not in the definition any more. */
  readonly person: string | undefined
  /** Whether the person was forgotten when it was opened. */
  readonly isForgotten: boolean
}

/** An event whose personal members can be taken out again, without the vault. */
export type SealedEvent<E extends EventTypes> = {
  readonly event: RecordedEvent<E>
  /** The keys that opened personal members, as `<key id>.<generation>`, if any did. */
  readonly keys?: readonly string[]
  /** Whose its sealed members are. */
  people(): readonly SealedPart[]
  /** The event as it is read once these keys are forgotten. @throws UpcastFailed */
  without(isForgotten: (key: string) => boolean): RecordedEvent<E>
}

/** The same as `decodeEvents`, for documents some of which are sealed. @throws as `decodeEvents` does */
export async function decodeSealed<E extends EventTypes>(
  { definitions }: DefinedEvents<E>,
  documents: readonly EventDocument[],
  opening: Opening = {},
): Promise<SealedEvent<E>[]> {
  const known = documents.filter(({ eventType }) => Object.hasOwn(definitions, eventType))
  const opened = await openDocuments(known, definitions, opening)
  return opened.map((one, i) => {
    const definition = definitions[one.document.eventType] as EventDefinitions[string]
    return {
      event: toEvent(one, definition, opening) as RecordedEvent<E>,
      ...(one.keys && { keys: one.keys }),
      people: () => peopleOf(known[i] as EventDocument, one, definition),
      without(isForgotten) {
        const redacted = redactDocument(known[i] as EventDocument, one, definition, isForgotten)
        return toEvent(redacted, definition, opening) as RecordedEvent<E>
      },
    }
  })
}

function peopleOf(
  { eventData }: EventDocument,
  { document, keys = [] }: OpenedDocument,
  definition: EventDefinitions[string],
): readonly SealedPart[] {
  const rules = personalOf(definition)
  return sealedPartsOf(eventData).map(({ key, member }) => {
    const rule = rules.find(({ fields }) => Object.hasOwn(fields, member))
    return { key, person: rule && personOf(rule, document.eventData), isForgotten: !keys.includes(key) }
  })
}

// The rule has told before, when the event was sealed; it may have changed since.
function personOf({ of }: PersonalRule, data: JsonObject): string | undefined {
  try {
    return of(data) ?? undefined
  } catch {
    return undefined
  }
}

function toEvent(
  { document, redacted }: OpenedDocument,
  definition: EventDefinitions[string],
  opening: Opening,
): RecordedEvent<AnyEventTypes> {
  const event = {
    type: document.eventType,
    data: newestData(document, definition, opening),
    streamId: document.stream.id,
    version: document.stream.version,
    metadata: withoutStamp(document.metadata),
  }
  return redacted ? { ...event, redacted } : event
}

function newestData(
  document: EventDocument,
  definition: EventDefinitions[string],
  { personal = true }: Opening,
): JsonObject {
  if (personal || personalOf(definition).length === 0) return upcast(document, definition)
  const isOld = (document.metadata.schemaVersion ?? 1) < schemaVersionOf(definition)
  const eventData = isOld ? withStandIns(document.eventData, definition) : document.eventData
  return withoutPersonal(upcast({ ...document, eventData }, definition), definition)
}

function assertEvent(event: unknown, index: number): void {
  if (typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string') return
  if (isThenable(event)) ignoreRejection(event)
  throw new InvalidEvent(`Event ${index} of the append must be an object with a type and data`)
}

const TAKEN = ['eventId', 'recordedAt', 'schemaVersion', 'commandId', 'commandFingerprint', 'ruleDepth', 'salt', 'mac']

/** @throws InvalidEvent for a member that is Tidemark's own */
export function assertUserMetadata(metadata: UserMetadata | undefined): void {
  if (metadata === undefined) return
  const taken = TAKEN.find((name) => name in metadata)
  if (taken !== undefined) throw new InvalidEvent(`Metadata cannot set ${taken}, which is reserved`)
}
