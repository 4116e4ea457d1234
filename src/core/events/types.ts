import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json, JsonObject } from '../json/json.ts'
import type { EventMetadata } from '../port/event-document.ts'

/**
 * Any Standard Schema whose output is a JSON object: what is stored is its output, and it is not validated again when
 * read. See https://standardschema.dev.
 */
// biome-ignore lint/suspicious/noExplicitAny: the input of a schema is its own business
export type DataSchema = StandardSchemaV1<any, JsonObject>

/**
 * A schema that has had earlier versions: `upcast[n]` turns data of version n into data of version n + 1. An upcaster is
 * pure and synchronous, as handlers are: what it is given is frozen, and what it returns is a new plain object.
 */
export type VersionedSchema<S extends DataSchema = DataSchema> = {
  readonly schema: S
  /** The version of `schema`, 2 or more. */
  readonly version: number
  // biome-ignore lint/suspicious/noExplicitAny: data of a shape that no type describes any more
  readonly upcast: { readonly [fromVersion: number]: (data: any) => unknown }
}

/** Event types by name, each with its schema. */
export type EventDefinitions = { readonly [type: string]: DataSchema | VersionedSchema }

/** The schema of one event type. */
export type SchemaOf<Definition> =
  Definition extends VersionedSchema<infer S> ? S : Definition extends DataSchema ? Definition : never

/** What a writer may say about an event besides its data; the names of `EventMetadata` but these are taken. */
export type UserMetadata = {
  readonly correlationId?: string
  readonly causationId?: string
  /** W3C Trace Context; by default the span of the append, where that is traced. */
  readonly traceparent?: string
  readonly [member: string]: Json | undefined
}

/** An event to be appended: one of the set's types, with the input of its schema. */
export type NewEvent<D extends EventDefinitions> = {
  [T in keyof D & string]: {
    readonly type: T
    readonly data: StandardSchemaV1.InferInput<SchemaOf<D[T]>>
    /** Unique in its stream; a UUIDv7 is made where it is absent. */
    readonly id?: string
    readonly metadata?: UserMetadata
  }
}[keyof D & string]

/** An event as it is read: data in the newest shape of its schema. */
export type RecordedEvent<D extends EventDefinitions, Type extends keyof D & string = keyof D & string> = {
  [T in Type]: {
    readonly type: T
    readonly data: StandardSchemaV1.InferOutput<SchemaOf<D[T]>>
    readonly streamId: string
    /** 1-based number of the event in its stream. */
    readonly version: number
    readonly metadata: EventMetadata
  }
}[Type]

/** A set of event types, made by `defineEvents`. */
export type EventSet<D extends EventDefinitions> = {
  readonly definitions: D
}

/** The events of a set, for annotations: `EventOf<typeof meterEvents>`. */
export type EventOf<S> = S extends EventSet<infer D> ? RecordedEvent<D> : never

/** The events that may be appended to a set, for annotations: `NewEventOf<typeof meterEvents>`. */
export type NewEventOf<S> = S extends EventSet<infer D> ? NewEvent<D> : never
