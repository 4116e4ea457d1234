import { NotJson } from '../../core/errors/input.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { parseSeal, sealedBytes } from './sealed-event.ts'
import type { WriterVerifier } from './writer-verifier.ts'

/**
 * Verifies the writer's seal of an event.
 *
 * @param verifiers the keys that are trusted
 * @returns `missing` if it has none; `wrong` if it is not one by a trusted key of this very event, at its place
 */
export function verifyWriterSeal(
  document: EventDocument,
  verifiers: readonly WriterVerifier[],
): 'valid' | 'missing' | 'wrong' {
  const { stream, eventType, eventData, metadata } = document
  if (metadata.mac === undefined) return 'missing'
  const seal = parseSeal(metadata.mac)
  if (seal === undefined) return 'wrong'
  const event = { streamId: stream.id, version: seal.coversVersion ? stream.version : null }
  try {
    const message = sealedBytes(seal, { ...event, eventType, eventData, metadata })
    const known = verifiers.filter(({ kind, id }) => kind === seal.kind && id === seal.keyId)
    return known.some((verifier) => verifier.verify(message, seal.bytes)) ? 'valid' : 'wrong'
  } catch (error) {
    // What is not JSON was never sealed.
    if (error instanceof NotJson) return 'wrong'
    throw error
  }
}
