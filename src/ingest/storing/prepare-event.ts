import { inboxStream, toNewEvent } from '../../cloud-events/to-new-event.ts'
import { notify } from '../../core/async/callbacks.ts'
import { type DataIssue, InvalidEvent, InvalidEventData, NotJson } from '../../core/errors/input.ts'
import { assertUserMetadata } from '../../core/events/codec.ts'
import { eventTypeFault } from '../../core/events/event-type.ts'
import { isSealed } from '../../core/events/sealing/sealed-data.ts'
import type { AnyEventTypes, DefinedEvents, UserMetadata } from '../../core/events/types.ts'
import { assertJson } from '../../core/json/json.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { IngestedEvent, IngestionOptions } from '../ingestion-options.ts'
import { notPromised } from '../reading/not-promised.ts'
import { memberPath, type SentEvent } from '../reading/sent-event.ts'
import { checkData } from './check-data.ts'

/** An event that can be appended. */
export type PreparedEvent = SentEvent & { readonly streamId: string; readonly document: NewEventDocument }

/** What an event is prepared by. */
export type Preparation<Who> = {
  readonly options: Pick<IngestionOptions<Who>, 'stream' | 'metadata' | 'unknownTypes'>
  readonly events: DefinedEvents<AnyEventTypes>
  readonly who: Who
  readonly onError: (error: unknown) => unknown
}

/** Validates an event and chooses its stream; what is wrong with it is added to the issues. */
export async function prepareEvent<Who>(
  preparation: Preparation<Who>,
  sent: SentEvent,
  issues: DataIssue[],
): Promise<PreparedEvent | undefined> {
  const { events, who, onError, options } = preparation
  const refuse = (member: string, message: string): undefined => {
    issues.push({ path: memberPath(sent.path, member), message })
  }
  const { type } = sent.event.attributes
  const typeFault = eventTypeFault(type)
  if (typeFault !== undefined) return refuse('type', typeFault)
  const isShared = Object.hasOwn(events.definitions, type)
  if (!isShared && options.unknownTypes === 'refuse') return refuse('type', 'this type is not accepted here')
  let document = toNewEvent(sent.event, events.definitions)
  // Readers would take it for what the vault wrote, and stop.
  if (isSealed(document.eventData)) return refuse('data', 'it has a member of a reserved name')
  try {
    assertJson(document.eventData, 'data')
    if (isShared) document = await checkData(events, document, sent.isMapped)
  } catch (error) {
    if (error instanceof NotJson) return refuse(error.path, error.message)
    if (!(error instanceof InvalidEventData)) {
      notify(onError, error)
      return refuse('data', 'it cannot be validated')
    }
    for (const { path, message } of error.issues) refuse(memberPath('data', path), message)
    return undefined
  }
  const event = { type, data: document.eventData, attributes: sent.event.attributes }
  let own: UserMetadata | undefined
  try {
    own = notPromised(options.metadata?.(event, who), 'The option metadata')
  } catch (error) {
    notify(onError, error)
    return refuse('', 'there is no metadata for it')
  }
  assertOwnMetadata(own)
  try {
    const streamId = sent.stream ?? streamOf(preparation, event, sent)
    assertStreamId(streamId)
    return { ...sent, streamId, document: { ...document, metadata: { ...document.metadata, ...own } } }
  } catch (error) {
    notify(onError, error)
    return refuse('', 'there is no stream for it')
  }
}

function streamOf<Who>(
  { options: { stream }, who }: Preparation<Who>,
  event: IngestedEvent,
  { event: sent }: SentEvent,
): string {
  return stream === undefined ? inboxStream(sent) : notPromised(stream(event, who), 'The option stream')
}

// Before anything is appended, and as an error of the server: the sender has no part in it.
function assertOwnMetadata(own: UserMetadata | undefined): void {
  assertUserMetadata(own)
  try {
    assertJson(own ?? {}, 'metadata')
  } catch (error) {
    throw new InvalidEvent((error as Error).message, { cause: error })
  }
}
