import { VaultRequired } from '../../errors/privacy.ts'
import type { JsonObject } from '../../json/json.ts'
import type { NewEventDocument } from '../../port/event-document.ts'
import type { EventDefinitions } from '../definition-types.ts'
import { apartOf, personalOf } from '../describe.ts'
import type { PersonalRule } from './personal-types.ts'
import type { Vault } from './vault.ts'

/**
 * The documents to append: with personal members sealed, and without the members that are stored apart. Payloads are
 * stored when it resolves.
 *
 * @param streamId the stream that they are appended to
 * @throws VaultRequired, and what the vault throws
 */
export async function sealDocuments(
  vault: Vault | undefined,
  streamId: string,
  documents: readonly NewEventDocument[],
  definitions: EventDefinitions,
): Promise<readonly NewEventDocument[]> {
  const first = documents.find((document) => memberOf(document, definitions) !== undefined)
  if (first === undefined) return documents
  if (vault === undefined) throw new VaultRequired(first.eventType, memberOf(first, definitions) as string)
  return vault.events.seal(streamId, documents, definitions)
}

/** A member of the data that only a vault can store. */
function memberOf({ eventType, eventData }: NewEventDocument, definitions: EventDefinitions): string | undefined {
  const definition = definitions[eventType]
  if (definition === undefined) return undefined
  for (const rule of personalOf(definition)) {
    const member = Object.keys(rule.fields).find((name) => Object.hasOwn(eventData, name))
    if (member !== undefined && isAboutSomebody(rule, eventData)) return member
  }
  return apartOf(definition).find((member) => Object.hasOwn(eventData, member) && eventData[member] !== null)
}

// Data about no person stays in clear, so a storage without a vault takes it. Any other result is for the vault to judge.
function isAboutSomebody({ of }: PersonalRule, data: JsonObject): boolean {
  try {
    return (of(data) ?? null) !== null
  } catch {
    return true
  }
}
