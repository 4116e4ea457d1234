import { InvalidDefinition, UnknownEventType } from '../errors/input.ts'
import type { DataSchema, DescribedSchema, EventDefinitions } from './definition-types.ts'
import { isDescribed, schemaOf } from './describe.ts'
import { eventTypeFault } from './event-type.ts'
import { assertMembers } from './sealing/assert-members.ts'
import type { Checked, Definable } from './sealing/personal-types.ts'
import type { EventSet, TypesOf } from './types.ts'

/**
 * Defines the event types of an aggregate, or of several, each with a Standard Schema (zod, valibot, arktype, …), or
 * with a schema and what else there is to say: its version with the upcasters from earlier ones, the members that are
 * personal, and those that are stored apart from the event.
 *
 * @throws InvalidDefinition for a name that is empty, begins with `$` or contains a control character, a value that is
 *   not a schema, a version without all its upcasters, or a member that the data does not have
 */
export function defineEvents<const S extends { readonly [type: string]: DataSchema }, const D extends EventDefinitions>(
  given: Definable<S> & D & Checked<D>,
): EventSet<{ [T in keyof TypesOf<D>]: TypesOf<D>[T] }> {
  const definitions: EventDefinitions = given
  for (const [type, definition] of Object.entries(definitions)) {
    const fault = eventTypeFault(type)
    if (fault !== undefined) throw new InvalidDefinition(`${JSON.stringify(type)} cannot be an event type: ${fault}`)
    if (!isSchema(schemaOf(definition))) {
      throw new InvalidDefinition(`Event type ${type} needs a Standard Schema`)
    }
    if (isDescribed(definition)) assertDescribed(type, definition)
  }
  return {
    definitions,
    create(type, data, options) {
      if (!Object.hasOwn(definitions, type)) throw new UnknownEventType(type)
      return { ...options, type, data } as never
    },
  }
}

// arktype's schemas are functions, others are objects.
const isSchema = (schema: unknown): boolean =>
  (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema

function assertDescribed(type: string, definition: DescribedSchema): void {
  const { version = 1, upcast, personal, apart } = definition
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new InvalidDefinition(`Event type ${type}: its version must be a whole number from 1`)
  }
  for (let from = 1; from < version; from++) {
    if (typeof upcast?.[from] !== 'function') {
      throw new InvalidDefinition(`Event type ${type}: an upcaster from version ${from} is missing`)
    }
  }
  if (personal !== undefined || apart !== undefined) assertMembers(type, definition)
}
