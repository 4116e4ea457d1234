import type { StandardSchemaV1 } from '@standard-schema/spec'
import { isThenable } from '../../core/async/callbacks.ts'
import type { DataSchema } from '../../core/events/definition-types.ts'
import { type JsonObject, setMember } from '../../core/json/json.ts'
import type { Parameters } from './contract-types.ts'

/** The schema of an operation's parameters: each is validated by its own, and others are refused. */
export function operationSchema(parameters: Parameters): DataSchema {
  const names = Object.keys(parameters)
  return { '~standard': { version: 1, vendor: 'tidemark', validate } }

  function validate(
    given: unknown,
  ): StandardSchemaV1.Result<JsonObject> | Promise<StandardSchemaV1.Result<JsonObject>> {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return { issues: [{ message: 'the parameters must be one object' }] }
    }
    const values = given as Readonly<Record<string, unknown>>
    const unknown = Object.keys(values).filter((name) => values[name] !== undefined && !Object.hasOwn(parameters, name))
    const results = names.map((name) =>
      (parameters[name] as DataSchema)['~standard'].validate(Object.hasOwn(values, name) ? values[name] : undefined),
    )
    // Most schemas are synchronous.
    if (!results.some(isThenable)) return joined(unknown, results as StandardSchemaV1.Result<JsonObject>[])
    return Promise.all(results).then((all) => joined(unknown, all))
  }

  function joined(
    unknown: readonly string[],
    results: readonly StandardSchemaV1.Result<JsonObject>[],
  ): StandardSchemaV1.Result<JsonObject> {
    const issues: StandardSchemaV1.Issue[] = unknown.map((name) => ({ path: [name], message: 'no such parameter' }))
    const value: JsonObject = {}
    for (const [i, result] of results.entries()) {
      const name = names[i] as string
      if (result.issues) {
        for (const { message, path = [] } of result.issues) issues.push({ message, path: [name, ...path] })
      } else if (result.value !== undefined) setMember(value, name, result.value)
    }
    return issues.length > 0 ? { issues } : { value }
  }
}
