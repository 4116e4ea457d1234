import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isThenable } from '../async/callbacks.ts'
import { type DataIssue, InvalidEventData, UnknownEventType } from '../errors/input.ts'
import { withheld } from '../errors/withheld.ts'
import type { JsonObject } from '../json/json.ts'
import type { DataSchema, DescribedSchema } from './definition-types.ts'
import { personalOf, schemaOf } from './describe.ts'
import type { DefinedEvents, EventTypes } from './types.ts'

/**
 * Validates an event's data with the schema of its type. Schema libraries quote values in their messages, so where a
 * type has personal members, only messages about other members are kept.
 *
 * @returns the schema's output, which is what is stored; a promise of it only if the schema is asynchronous
 * @throws UnknownEventType, InvalidEventData
 */
export function validateEvent(
  set: DefinedEvents<EventTypes>,
  event: { readonly type: string; readonly data: unknown },
): JsonObject | Promise<JsonObject> {
  const definition = Object.hasOwn(set.definitions, event.type) ? set.definitions[event.type] : undefined
  if (definition === undefined) throw new UnknownEventType(event.type)
  const standard = schemaOf(definition)['~standard']
  let answer: ReturnType<typeof standard.validate>
  try {
    answer = standard.validate(event.data)
  } catch (error) {
    throw thrownBy(definition, error)
  }
  if (!isThenable(answer)) return outputOf(event.type, definition, answer)
  return Promise.resolve(answer).then(
    (result) => outputOf(event.type, definition, result),
    (error: unknown) => Promise.reject(thrownBy(definition, error)),
  )
}

// A schema that throws instead of finding issues.
const thrownBy = (definition: DataSchema | DescribedSchema, error: unknown): unknown =>
  personalOf(definition).length > 0 ? withheld(error) : error

function outputOf(
  type: string,
  definition: DataSchema | DescribedSchema,
  result: StandardSchemaV1.Result<JsonObject>,
): JsonObject {
  if (!result.issues) return result.value
  const rules = personalOf(definition)
  const personal = rules.length > 0 ? new Set(rules.flatMap(({ fields }) => Object.keys(fields))) : undefined
  throw new InvalidEventData(
    type,
    result.issues.map((issue) => toIssue(issue, personal)),
  )
}

const WITHHELD = 'does not fit the schema (the message is withheld, since it may be personal)'

function toIssue({ path, message }: StandardSchemaV1.Issue, personal: ReadonlySet<string> | undefined): DataIssue {
  const steps = path?.map((step) => String(typeof step === 'object' ? step.key : step)) ?? []
  const [member = ''] = steps
  // A message about the data as a whole may quote any member. Below a personal member, names may be personal, too.
  if (personal && (member === '' || personal.has(member))) return { path: member, message: WITHHELD }
  return { path: steps.join('.'), message }
}
