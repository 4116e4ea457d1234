import type { StandardSchemaV1 } from '@standard-schema/spec'
import { InvalidConfiguration } from '../core/errors/input.ts'

/** The value of each setting, as its schema returns it. */
export type Settings<S extends Record<string, StandardSchemaV1>> = {
  readonly [Name in keyof S]: StandardSchemaV1.InferOutput<S[Name]>
}

/**
 * Reads settings from the environment, each through its schema, which also provides the default. An empty variable
 * counts as not set, as in a file of `NAME=` lines.
 *
 * @throws InvalidConfiguration naming the variable
 */
export function readSettings<const S extends Record<string, StandardSchemaV1<unknown, unknown>>>(
  environment: Readonly<Record<string, string | undefined>>,
  schemas: S,
): Settings<S> {
  const settings: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(schemas)) {
    const result = schema['~standard'].validate(environment[name] || undefined)
    if (result instanceof Promise) throw new TypeError(`The schema of ${name} must not be asynchronous`)
    if (result.issues) {
      const reason = result.issues.map(({ message }) => message).join('; ')
      throw new InvalidConfiguration(name, `${JSON.stringify(environment[name])} is invalid: ${reason}`)
    }
    settings[name] = result.value
  }
  return settings as Settings<S>
}
