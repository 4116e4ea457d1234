import type { ExpectedVersion } from '../append/expected-version.ts'
import { copyJson, type JsonObject, setMember } from '../json/json.ts'
import { MOST_OWN_LEVELS } from '../json/json-faults.ts'
import type { EventMetadata, NewEventDocument } from '../port/event-document.ts'
import { randomSalt } from './random-salt.ts'
import type { SealableEvent, WriterSeal } from './writer-seal.ts'

/**
 * Gives events that are about to be appended what only the log needs: a salt, and the writer's seal if there is one.
 * Events that have them, because they were decided earlier and kept in another event, keep them.
 *
 * @throws NotJson if there is a seal
 */
export function stampEvents(
  seal: WriterSeal | undefined,
  streamId: string,
  documents: readonly NewEventDocument[],
  expectedVersion: ExpectedVersion,
): readonly NewEventDocument[] {
  const first = expectedVersion === 'noStream' ? 1 : typeof expectedVersion === 'number' ? expectedVersion + 1 : null
  return documents.map((document, i) => {
    const salted = document.metadata.salt === undefined ? withSalt(document) : document
    if (seal === undefined || salted.metadata.mac !== undefined) return salted
    return sealed(seal, salted, { streamId, version: first === null ? null : first + i })
  })
}

const withSalt = (document: NewEventDocument): NewEventDocument => ({
  ...document,
  metadata: { ...document.metadata, salt: randomSalt() },
})

function sealed(
  seal: WriterSeal,
  { eventType, ...rest }: NewEventDocument,
  place: Pick<SealableEvent, 'streamId' | 'version'>,
): NewEventDocument {
  // A copy, so that what is sealed is what is stored, even if the caller changes the data before it is.
  const eventData = copyJson(rest.eventData, 'eventData', MOST_OWN_LEVELS) as JsonObject
  const metadata = copyJson(rest.metadata, 'metadata', MOST_OWN_LEVELS) as NewEventDocument['metadata']
  const mac = seal.seal({ ...place, eventType, eventData, metadata })
  return { eventType, eventData, metadata: { ...metadata, mac } }
}

/** Metadata as handlers and readers get it: without the salt and the seal, which only a verification needs. */
export function withoutStamp(metadata: EventMetadata): EventMetadata {
  if (metadata.salt === undefined && metadata.mac === undefined) return metadata
  const { eventId, recordedAt } = metadata
  // A literal with the members that always exist, and then the others, is several times faster than a rest pattern.
  const rest = { eventId, recordedAt }
  for (const name in metadata) {
    if (name === 'eventId' || name === 'recordedAt' || name === 'salt' || name === 'mac') continue
    setMember(rest, name, metadata[name])
  }
  return rest
}
