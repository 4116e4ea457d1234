import { InvalidEventData } from '../../core/errors/input.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import { apartOf, personalOf, schemaVersionOf } from '../../core/events/describe.ts'
import type { AnyEventTypes, DefinedEvents } from '../../core/events/types.ts'
import { upcast } from '../../core/events/upcast.ts'
import { validateEvent } from '../../core/events/validate.ts'
import { assertJson, isJsonObject, type JsonObject } from '../../core/json/json.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'

/**
 * Validates the data of a shared event. Data of the newest version is stored as the schema returns it, as in any other
 * append. Data of an earlier version is stored as it is, if the upcasters and the schema accept it; in its newest shape
 * if some of it is to be sealed or stored apart.
 *
 * @param isNewest whether the data is of the newest version; otherwise its metadata says which one
 * @throws InvalidEventData; NotJson if the schema returns something else; what an upcaster or the schema throws
 */
export async function checkData(
  events: DefinedEvents<AnyEventTypes>,
  document: NewEventDocument,
  isNewest: boolean,
): Promise<NewEventDocument> {
  const { eventType: type, eventData, metadata } = document
  const definition = events.definitions[type] as EventDefinitions[string]
  const newest = schemaVersionOf(definition)
  const version = isNewest ? newest : Number(metadata.schemaVersion ?? 1)
  if (version > newest) {
    throw new InvalidEventData(type, [{ path: '', message: `its schema's version ${version} is not known here` }])
  }
  if (version < newest) {
    const stored = { ...document, id: '', stream: { id: '', version: 0 }, metadata: { ...metadata, recordedAt: '' } }
    const upcasted = upcast(stored, definition)
    const output = await validateEvent(events, { type, data: upcasted })
    // What is personal is known by the newest names only.
    const isSealed = personalOf(definition).length > 0 || apartOf(definition).length > 0
    return isSealed ? newestDocument(document, output, newest) : document
  }
  return newestDocument(document, await validateEvent(events, { type, data: eventData }), version)
}

function newestDocument(document: NewEventDocument, output: JsonObject, version: number): NewEventDocument {
  const { eventType: type, metadata } = document
  if (!isJsonObject(output)) throw new InvalidEventData(type, [{ path: '', message: 'it must be an object' }])
  assertJson(output, 'data')
  return { ...document, eventData: output, metadata: { ...metadata, ...(version > 1 && { schemaVersion: version }) } }
}
