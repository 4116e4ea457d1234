import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { personalOf } from '../../core/events/describe.ts'
import { SEALED, sealedMembersOf } from '../../core/events/sealing/sealed-data.ts'
import type { EventSealing, Opened, Vault } from '../../core/events/sealing/vault.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import type { EventDocument } from '../../core/port/event-document.ts'

/** Whether any event of these types may contain data of a person. */
export const arePersonal = (definitions: EventDefinitions): boolean =>
  Object.values(definitions).some((definition) => personalOf(definition).length > 0)

/** The documents as they are once everyone in them was forgotten; they are opened with `everyoneForgotten`. */
export function redactedDocuments(
  documents: readonly EventDocument[],
  definitions: EventDefinitions,
): readonly EventDocument[] {
  return documents.map((document) => {
    const names = forgottenMembers(document, definitions)
    if (names.length === 0) return document
    const rest = Object.entries(document.eventData).filter(([member]) => !names.includes(member))
    const sealed = { [SEALED]: [{ k: 'given.1', f: names, c: '' }] }
    return { ...document, eventData: { ...Object.fromEntries(rest), ...sealed } }
  })
}

function forgottenMembers({ eventType, eventData }: EventDocument, definitions: EventDefinitions): string[] {
  const definition = definitions[eventType]
  const rules = definition ? personalOf(definition) : []
  return rules
    .filter(({ of }) => of(eventData) != null)
    .flatMap(({ fields }) => Object.keys(fields))
    .filter((member) => Object.hasOwn(eventData, member))
    .sort()
}

/** A vault in which everyone was forgotten, to open what `redactedDocuments` returned. */
export const everyoneForgotten: Pick<Vault, 'events'> = {
  events: {
    open: async (documents, definitions) =>
      documents.map(({ eventType, eventData }) => redact(eventData, definitions[eventType])),
  } as Pick<EventSealing, 'open'> as EventSealing,
}

function redact({ [SEALED]: sealed, ...data }: JsonObject, definition: EventDefinitions[string] | undefined): Opened {
  const redacted = sealedMembersOf({ [SEALED]: sealed }).flatMap(({ f }) => f)
  const standIns: { [member: string]: Json | undefined } = {}
  for (const { fields } of definition ? personalOf(definition) : []) {
    for (const [member, standIn] of Object.entries(fields))
      if (redacted.includes(member)) standIns[member] = standIn as Json
  }
  return { data: { ...data, ...standIns }, redacted, keys: [] }
}
