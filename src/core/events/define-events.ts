import { InvalidDefinition, UnknownEventType } from '../errors/input.ts'
import { hasControlCharacter } from '../json/control-characters.ts'
import { isReservedType } from '../port/event-document.ts'
import type { DataSchema, EventDefinitions, EventSet, TypesOf, VersionedSchema } from './types.ts'

/**
 * Defines the event types of an aggregate, or of several, each with a Standard Schema (zod, valibot, arktype, …) or
 * with a schema, its version and the upcasters from earlier versions.
 *
 * @throws InvalidDefinition for a name that is empty, begins with `$` or contains a control character, a value that is
 *   not a schema, or a version without all its upcasters
 */
export function defineEvents<const D extends EventDefinitions>(
  definitions: D,
): EventSet<{ [T in keyof TypesOf<D>]: TypesOf<D>[T] }> {
  for (const [type, definition] of Object.entries(definitions)) {
    if (type === '' || type.length > 200 || isReservedType(type) || hasControlCharacter(type)) {
      const rule = 'use 1 to 200 characters, not beginning with $, without control characters'
      throw new InvalidDefinition(`${JSON.stringify(type)} cannot be an event type: ${rule}`)
    }
    if (!isSchema(schemaOf(definition))) {
      throw new InvalidDefinition(`Event type ${type} needs a Standard Schema`)
    }
    if (isVersioned(definition)) assertUpcasters(type, definition)
  }
  return {
    definitions,
    create(type, data, options) {
      if (!Object.hasOwn(definitions, type)) throw new UnknownEventType(type)
      return { ...options, type, data } as never
    },
  }
}

/** The schema of a definition. */
export const schemaOf = (definition: DataSchema | VersionedSchema): DataSchema =>
  isVersioned(definition) ? definition.schema : definition

/** The version of a definition's schema: 1 if it never had another. */
export const schemaVersionOf = (definition: DataSchema | VersionedSchema): number =>
  isVersioned(definition) ? definition.version : 1

/** Whether a definition has earlier versions. */
export const isVersioned = (definition: DataSchema | VersionedSchema): definition is VersionedSchema =>
  !('~standard' in definition)

// arktype's schemas are functions, others are objects.
const isSchema = (schema: unknown): boolean =>
  (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema

function assertUpcasters(type: string, { version, upcast }: VersionedSchema): void {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidDefinition(`Event type ${type}: its version must be a whole number from 1`)
  }
  for (let from = 1; from < version; from++) {
    if (typeof upcast?.[from] !== 'function') {
      throw new InvalidDefinition(`Event type ${type}: an upcaster from version ${from} is missing`)
    }
  }
}
