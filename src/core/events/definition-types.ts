import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json, JsonObject } from '../json/json.ts'

/**
 * Any Standard Schema whose output is a JSON object: its output is what is stored, and is not validated again when
 * read. See https://standardschema.dev.
 */
// biome-ignore lint/suspicious/noExplicitAny: the input of a schema is its own business
export type DataSchema = StandardSchemaV1<any, JsonObject>

/** Which members of an event's data are about a person; see `PersonalRule`, which is typed by the data. */
export type AnyPersonalRule = {
  readonly of: unknown
  readonly fields: { readonly [member: string]: Json }
}

/**
 * What else an event type may have besides its schema: earlier versions, personal members, members stored apart.
 *
 * `upcast[n]` turns data of version n into data of version n + 1. An upcaster is pure and synchronous, as handlers are:
 * its input is frozen, and it returns a new plain object.
 */
export interface DescribedSchema<S extends DataSchema = DataSchema> {
  readonly schema: S
  /** The version of `schema`, 1 by default. A later one needs the upcasters from all earlier ones. */
  readonly version?: number
  // biome-ignore lint/suspicious/noExplicitAny: data of a shape that no type describes any more
  readonly upcast?: { readonly [fromVersion: number]: (data: any) => unknown }
  /** The members that contain data of a person, or of several; see `PersonalRule`. */
  readonly personal?: AnyPersonalRule | readonly AnyPersonalRule[]
  /** The members whose values are stored in a payload store instead of the event. */
  readonly apart?: readonly string[]
}

/** Event types by name, each with its schema. */
export type EventDefinitions = { readonly [type: string]: DataSchema | DescribedSchema }

/** The schema of one event type. */
export type SchemaOf<Definition> = Definition extends { readonly schema: infer S extends DataSchema }
  ? S
  : Definition extends DataSchema
    ? Definition
    : never
