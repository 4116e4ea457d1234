import { ignoreRejection, isThenable } from '../async/callbacks.ts'
import { EventSchemaTooNew, UpcastFailed } from '../errors/feed.ts'
import { withheld } from '../errors/withheld.ts'
import { deepFreeze } from '../json/deep-freeze.ts'
import { copyJson, type JsonObject } from '../json/json.ts'
import { isPlainObject } from '../json/json-faults.ts'
import type { EventDocument } from '../port/event-document.ts'
import type { DataSchema, DescribedSchema } from './definition-types.ts'
import { isDescribed, personalOf, schemaVersionOf } from './describe.ts'
import { eventReference } from './event-reference.ts'

/**
 * An event's data in the newest shape of its type; what is stored does not change. Upcasters get frozen data, because
 * other readers may get the same document.
 *
 * @throws EventSchemaTooNew if it was written by newer code; UpcastFailed if an upcaster throws, returns a promise or
 *   something else that is not a plain object, or if the result of the last one is not JSON
 */
export function upcast(document: EventDocument, definition: DataSchema | DescribedSchema): JsonObject {
  const stored = document.metadata.schemaVersion ?? 1
  const known = schemaVersionOf(definition)
  if (stored === known) return document.eventData
  if (stored > known) throw new EventSchemaTooNew(referenceOf(document), document.eventType, stored, known)
  let data: unknown = document.eventData
  for (let version = stored; version < known; version++) {
    try {
      data = runUpcaster(definition, version, deepFreeze(data))
      if (version === known - 1) data = copyJson(data, 'data')
    } catch (error) {
      const cause = personalOf(definition).length > 0 ? withheld(error) : error
      throw new UpcastFailed(referenceOf(document), document.eventType, version, { cause })
    }
  }
  return data as JsonObject
}

function runUpcaster(definition: DataSchema | DescribedSchema, version: number, data: unknown): object {
  const upcaster = isDescribed(definition) ? definition.upcast?.[version] : undefined
  if (upcaster === undefined) throw new TypeError('There is no upcaster from this version')
  const returned = upcaster(data)
  if (isThenable(returned)) {
    ignoreRejection(returned)
    throw new TypeError('The upcaster returned a promise, but must be synchronous')
  }
  if (typeof returned === 'object' && returned !== null && isPlainObject(returned)) return returned
  throw new TypeError(`The upcaster returned ${nameOf(returned)} instead of a plain object`)
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  return Array.isArray(value) ? 'an array' : `an instance of ${value.constructor?.name ?? 'a class'}`
}

const referenceOf = ({ stream }: EventDocument): string => eventReference(stream.id, stream.version)
