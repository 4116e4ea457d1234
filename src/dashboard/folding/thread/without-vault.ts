import { VaultRequired } from '../../../core/errors/privacy.ts'
import type { EventDefinitions } from '../../../core/events/definition-types.ts'
import type { Opening } from '../../../core/events/sealing/open-documents.ts'
import { redactDocument } from '../../../core/events/sealing/redact-document.ts'
import { APART, assertSealedShape, payloadReferencesOf, SEALED } from '../../../core/events/sealing/sealed-data.ts'
import type { Opened } from '../../../core/events/sealing/vault.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'

/**
 * Opens events as if everybody whom they are about were forgotten: with stand-ins in place of personal members. It needs
 * no key.
 *
 * @throws VaultRequired for a payload stored apart that is not personal, because only the vault knows where it is
 */
export const withoutVault: NonNullable<Opening['vault']> = {
  events: {
    seal: async (_, documents) => documents,
    open: async (documents, definitions) => documents.map((document) => redacted(document, definitions)),
  },
}

function redacted(document: EventDocument, definitions: EventDefinitions): Opened {
  assertSealedShape(document)
  const { eventType, eventData } = document
  const apart = Object.entries(payloadReferencesOf(eventData)).find(([, { k }]) => k === undefined)
  if (apart) throw new VaultRequired(eventType, apart[0])
  const definition = definitions[eventType]
  const opened = definition ? redactDocument(document, { document }, definition, () => true) : { document }
  const { [SEALED]: _sealed, [APART]: _apart, ...data } = opened.document.eventData
  return { data, redacted: opened.redacted ?? [], keys: [] }
}
