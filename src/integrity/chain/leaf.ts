import { canonicalEvent } from '../../core/events/canonical-event.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { type Hash, leafHash } from '../merkle/hash.ts'

/**
 * The leaf of an event. It depends on a salt that is erased with the event, so that the leaf, which remains, reveals
 * nothing about it. The salt is in the document's metadata. For an event that was appended without one, it is its
 * stream's, and the leaf is that of `{ document, salt }`.
 *
 * @param streamSalt the salt of the stream; only used if the document has none
 * @throws NotJson for a document that is not JSON
 */
export function leafOf(document: EventDocument, streamSalt?: string): Hash {
  const text = canonicalEvent(document)
  if (streamSalt === undefined || document.metadata.salt !== undefined) return leafHash(text)
  // Canonical, as it stands: `document` comes before `salt`.
  return leafHash(`{"document":${text},"salt":${canonicalJson(streamSalt)}}`)
}
