import type { StandardJSONSchemaV1 } from '@standard-schema/spec'
import { InvalidDefinition } from '../../../core/errors/input.ts'
import type { Json, JsonObject } from '../../../core/json/json.ts'
import type { ParameterSchema, Parameters } from '../contract-types.ts'

/**
 * The JSON Schema (draft 7, which AsyncAPI extends) of the parameters of an operation, as they are stored.
 *
 * @param type the name of the event, for errors
 * @param at where the schema will be in its document, since references are relative to that
 * @throws InvalidDefinition for a parameter whose schema cannot be represented
 */
export async function parametersSchema(type: string, parameters: Parameters, at: string): Promise<JsonObject> {
  const properties: Record<string, JsonObject> = {}
  const required: string[] = []
  for (const [name, schema] of Object.entries(parameters)) {
    const { $schema: _, ...own } = jsonSchemaOf(type, name, schema)
    properties[name] = relocated(own, `${at}/properties/${escaped(name)}`) as JsonObject
    if (!(await mayBeAbsent(schema))) required.push(name)
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

function jsonSchemaOf(type: string, name: string, schema: ParameterSchema): JsonObject {
  const { jsonSchema, vendor } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props> & {
    readonly vendor: string
  }
  if (typeof jsonSchema?.output !== 'function') {
    throw new InvalidDefinition(
      `Parameter ${name} of ${type}: its schema, of ${vendor}, has no ~standard.jsonSchema. Use a library that has it, ` +
        'or wrap the schema, as toStandardJsonSchema of @valibot/to-json-schema does',
    )
  }
  try {
    return jsonSchema.output({ target: 'draft-07' }) as JsonObject
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new InvalidDefinition(`Parameter ${name} of ${type} cannot be represented in JSON Schema${why}`, { cause })
  }
}

/** Whether what is stored may lack the parameter; one with a default is always stored. */
async function mayBeAbsent(schema: ParameterSchema): Promise<boolean> {
  const result = await schema['~standard'].validate(undefined)
  return result.issues === undefined && result.value === undefined
}

/** A schema whose references to itself hold where it is placed. */
function relocated(value: Json | undefined, at: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => relocated(item, at) as Json)
  const members = Object.entries(value as JsonObject).map(([name, member]) => [
    name,
    name === '$ref' && typeof member === 'string' && member.startsWith('#')
      ? at + member.slice(1)
      : relocated(member, at),
  ])
  return Object.fromEntries(members)
}

// RFC 6901, and RFC 3986 for a fragment.
const escaped = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
