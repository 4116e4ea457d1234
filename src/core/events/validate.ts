import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isThenable } from '../async/callbacks.ts'
import { type DataIssue, InvalidEventData, UnknownEventType } from '../errors/input.ts'
import type { JsonObject } from '../json/json.ts'
import { schemaOf } from './describe.ts'
import type { DefinedEvents, EventTypes } from './types.ts'

/**
 * Validates an event's data with the schema of its type.
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
  const answer = schemaOf(definition)['~standard'].validate(event.data)
  return isThenable(answer)
    ? Promise.resolve(answer).then((result) => outputOf(event.type, result))
    : outputOf(event.type, answer)
}

function outputOf(type: string, result: StandardSchemaV1.Result<JsonObject>): JsonObject {
  if (result.issues) throw new InvalidEventData(type, result.issues.map(toIssue))
  return result.value
}

function toIssue({ path, message }: StandardSchemaV1.Issue): DataIssue {
  const steps = path?.map((step) => String(typeof step === 'object' ? step.key : step)) ?? []
  return { path: steps.join('.'), message }
}
