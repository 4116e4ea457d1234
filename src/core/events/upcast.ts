import { EventSchemaTooNew, UpcastFailed } from '../errors/feed.ts'
import type { JsonObject } from '../json.ts'
import type { EventDocument } from '../port/event-document.ts'
import { isVersioned, schemaVersionOf } from './define-events.ts'
import type { DataSchema, VersionedSchema } from './types.ts'

/**
 * An event's data in the newest shape of its type; what is stored does not change.
 *
 * @throws EventSchemaTooNew when it was written by newer code; UpcastFailed when an upcaster throws
 */
export function upcast(document: EventDocument, definition: DataSchema | VersionedSchema): JsonObject {
  const stored = document.metadata.schemaVersion ?? 1
  const known = schemaVersionOf(definition)
  if (stored === known) return document.eventData
  if (stored > known) throw new EventSchemaTooNew(document.id, document.eventType, stored, known)
  let data: unknown = document.eventData
  for (let version = stored; version < known; version++) {
    try {
      data = isVersioned(definition) ? definition.upcast[version]?.(data) : data
    } catch (cause) {
      throw new UpcastFailed(document.id, document.eventType, version, { cause })
    }
    if (typeof data !== 'object' || data === null) {
      throw new UpcastFailed(document.id, document.eventType, version, {
        cause: new TypeError('The upcaster gave no object'),
      })
    }
  }
  return data as JsonObject
}
