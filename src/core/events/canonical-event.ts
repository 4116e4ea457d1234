import { canonicalJson } from '../json/canonical-json.ts'
import { isPlainObject } from '../json/json-faults.ts'
import type { EventDocument } from '../port/event-document.ts'
import { canonicalTime } from './recorded-time.ts'

/**
 * The text of an event document that is hashed: the same in all storages, and after a copy. It is canonical JSON with
 * `recordedAt` as Tidemark spells it. LSNs and append ids are not part of a document.
 *
 * @throws NotJson for a document that is not JSON, which no storage was given
 */
export function canonicalEvent(document: EventDocument): string {
  const { metadata } = document
  const recordedAt = canonicalTime(metadata.recordedAt)
  return documentText(
    recordedAt === metadata.recordedAt ? document : { ...document, metadata: { ...metadata, recordedAt } },
  )
}

const MEMBERS = 5

/** Canonical JSON of a document. Its own members are always the same ones, so that they need not be sorted. */
function documentText(document: EventDocument): string {
  if (Object.keys(document).length !== MEMBERS || !isPlainObject(document)) return canonicalJson(document)
  const { eventData, eventType, id, metadata, stream } = document
  try {
    const ofData = `{"eventData":${canonicalJson(eventData)},"eventType":${canonicalJson(eventType)}`
    return `${ofData},"id":${canonicalJson(id)},"metadata":${canonicalJson(metadata)},"stream":${canonicalJson(stream)}}`
  } catch {
    // One that lacks a member, or is not JSON: the error names the place in the whole document.
    return canonicalJson(document)
  }
}
