import { InvalidDefinition } from '../../errors/input.ts'
import { assertJson, type Json } from '../../json/json.ts'
import type { DescribedSchema } from '../definition-types.ts'
import { apartOf, personalOf } from '../describe.ts'

/**
 * Checks what a definition says of personal members and of members apart. Whether the schema has the members, and
 * accepts their stand-ins, is checked if its library can describe it as JSON Schema (`~standard.jsonSchema`).
 *
 * @throws InvalidDefinition
 */
export function assertMembers(type: string, definition: DescribedSchema): void {
  const properties = propertiesOf(definition)
  const known = (member: string): void => {
    if (!isMemberName(member)) refuse(type, `${JSON.stringify(member)} is not a top-level member of its data`)
    // Members of earlier versions are in no schema.
    if (properties && (definition.version ?? 1) === 1 && !Object.hasOwn(properties, member)) {
      refuse(type, `${member} is not a member of its data`)
    }
  }
  const personal = new Set<string>()
  for (const rule of personalOf(definition)) {
    if (typeof rule?.of !== 'function' || typeof rule.fields !== 'object' || rule.fields === null) {
      refuse(type, 'personal needs a function `of` and the members with their stand-ins as `fields`')
    }
    for (const [member, standIn] of Object.entries(rule.fields)) {
      known(member)
      if (personal.has(member)) refuse(type, `${member} cannot be the data of two people`)
      personal.add(member)
      assertStandIn(type, member, standIn, properties?.[member])
    }
  }
  const apart = apartOf(definition)
  if (!Array.isArray(apart)) refuse(type, 'apart must be a list of members')
  for (const member of apart) known(String(member))
}

/** Whether a text can be the name of a member that is sealed or stored apart; such names are not paths. */
export const isMemberName = (name: string): boolean =>
  name !== '' && name !== '__proto__' && !name.startsWith('$') && !name.includes('.')

function assertStandIn(type: string, member: string, standIn: unknown, described: JsonSchema | undefined): void {
  try {
    assertJson(standIn)
  } catch (cause) {
    throw new InvalidDefinition(`Event type ${type}: the stand-in for ${member} is not JSON`, { cause })
  }
  if (described && !accepts(described, standIn as Json)) {
    refuse(type, `the stand-in for ${member} is of another type than its schema says`)
  }
}

function refuse(type: string, reason: string): never {
  throw new InvalidDefinition(`Event type ${type}: ${reason}`)
}

type JsonSchema = { readonly [keyword: string]: unknown }

// Part of the Standard Schema family since late 2025, and optional: https://standardschema.dev/json-schema
type Describing = {
  readonly jsonSchema?: { readonly output: (options: { readonly target: string }) => JsonSchema }
}

function propertiesOf({ schema }: DescribedSchema): { readonly [member: string]: JsonSchema } | undefined {
  try {
    const described = (schema['~standard'] as Describing).jsonSchema?.output({ target: 'draft-2020-12' })
    const { properties, additionalProperties } = described ?? {}
    const isClosed = additionalProperties === undefined || additionalProperties === false
    return isClosed ? (properties as { readonly [member: string]: JsonSchema } | undefined) : undefined
  } catch {
    // A schema that cannot be described is left to the compiler.
    return undefined
  }
}

/** Whether a schema accepts a value, as far as its type says; what it says beyond that is not looked at. */
function accepts(schema: JsonSchema, value: Json): boolean {
  const options = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  if (options) return options.some((option) => accepts(option, value))
  if (schema.type === undefined) return true
  const types = [schema.type].flat()
  return types.includes(typeOf(value)) || (types.includes('number') && typeof value === 'number')
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}
