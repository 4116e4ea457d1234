import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json, JsonObject } from '../json/json.ts'
import type { EventMetadata } from '../port/event-document.ts'

/**
 * Any Standard Schema whose output is a JSON object: its output is what is stored, and is not validated again when
 * read. See https://standardschema.dev.
 */
// biome-ignore lint/suspicious/noExplicitAny: the input of a schema is its own business
export type DataSchema = StandardSchemaV1<any, JsonObject>

/**
 * A schema with earlier versions: `upcast[n]` turns data of version n into data of version n + 1. An upcaster is pure
 * and synchronous, as handlers are: its input is frozen, and it returns a new plain object.
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

/**
 * Event types by name, each with the type of its data: `{ ItemAdded: { sku: string } }`. An interface may be one, and
 * then lends its name to whatever the compiler prints; see `EventTypesOf`.
 */
export type EventTypes = object

/** Event types of which only the names are known. */
export type AnyEventTypes = { readonly [type: string]: JsonObject }

/** Brands data whose schema takes another type than it gives. */
declare const parsed: unique symbol

/** In a map of event types: data whose schema takes `In`, for one with defaults, and gives `Out`, which is stored. */
export interface Parsed<In, Out> {
  readonly [parsed]: readonly [In, Out]
}

/** The map of event types that definitions come to. */
export type TypesOf<D extends EventDefinitions> = {
  [T in keyof D]: DataOf<StandardSchemaV1.InferInput<SchemaOf<D[T]>>, StandardSchemaV1.InferOutput<SchemaOf<D[T]>>>
}

// Where both are the same, as they mostly are, only one of them is printed.
type DataOf<In, Out> = [In, Out] extends [Out, In] ? Out : Parsed<In, Out>

/** What a writer gives as the data of an event type. */
export type InputOf<Data> = Data extends Parsed<infer In, unknown> ? Fillable<In> : Fillable<Data>

// The compiler gives each object of a list the members of the others, as `undefined`: `{}` must take them, too.
type Fillable<In> = In extends { readonly [member: string]: never } ? { readonly [member: string]: undefined } : In

/** What a reader gets as the data of an event type. */
export type OutputOf<Data> = Data extends Parsed<unknown, infer Out> ? Out : Data

/** The metadata that a writer may set for an event; all other names of `EventMetadata` are reserved. */
export type UserMetadata = {
  readonly correlationId?: string
  readonly causationId?: string
  /** W3C Trace Context; by default the span of the append, if that is traced. */
  readonly traceparent?: string
  readonly [member: string]: Json | undefined
}

/** What a new event may have besides its type and data. */
export type NewEventOptions = {
  /** Unique in its stream; by default a new UUIDv7. */
  readonly id?: string
  readonly metadata?: UserMetadata
}

/** An event to append: one of the set's types, with the input of its schema. */
export type NewEvent<E extends EventTypes, Type extends keyof E & string = keyof E & string> = {
  [T in Type]: {
    readonly type: T
    readonly data: InputOf<E[T]>
    /** Unique in its stream; by default a new UUIDv7. */
    readonly id?: string
    readonly metadata?: UserMetadata
  }
}[Type]

/** An event as it is read: data in the newest shape of its schema. */
export type RecordedEvent<E extends EventTypes, Type extends keyof E & string = keyof E & string> = {
  [T in Type]: {
    readonly type: T
    readonly data: OutputOf<E[T]>
    readonly streamId: string
    /** 1-based number of the event in its stream. */
    readonly version: number
    readonly metadata: EventMetadata
  }
}[Type]

declare const eventTypes: unique symbol

/** Event types with their schemas, as far as reading and writing needs them. */
export interface DefinedEvents<E extends EventTypes> {
  readonly definitions: EventDefinitions
  /** Only there for the compiler. */
  readonly [eventTypes]?: E
}

/** A set of event types, created by `defineEvents`. */
export interface EventSet<E extends EventTypes> extends DefinedEvents<E> {
  /**
   * Makes an event of the set, typed without an annotation: `orderEvents.create('ItemAdded', { sku: 'a-1' })`. The data
   * is validated when it is appended.
   *
   * @throws UnknownEventType
   */
  create<T extends keyof E & string>(type: T, data: InputOf<E[T]>, options?: NewEventOptions): NewEvent<E, T>
}

/**
 * The event types of a set. An interface that extends them gives them a short name in hovers and messages:
 * `interface OrderEvents extends EventTypesOf<typeof orderEvents> {}`, then `defineAggregate<Order, OrderEvents>(…)`.
 */
export type EventTypesOf<S> = S extends DefinedEvents<infer E extends EventTypes> ? E : never

/** The events of a set, for annotations: `EventOf<typeof meterEvents>`. */
export type EventOf<S> = S extends DefinedEvents<infer E extends EventTypes> ? RecordedEvent<E> : never

/** The events that may be appended to a set, for annotations: `NewEventOf<typeof meterEvents>`. */
export type NewEventOf<S> = S extends DefinedEvents<infer E extends EventTypes> ? NewEvent<E> : never
