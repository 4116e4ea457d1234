import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Json, JsonObject } from '../json/json.ts'
import type { EventMetadata } from '../port/event-document.ts'
import type { DataSchema, EventDefinitions, SchemaOf } from './definition-types.ts'
import type { Personal, PersonalMembers } from './sealing/personal-types.ts'

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
  [T in keyof D]: [PersonalMembers<D[T]>] extends [never]
    ? SchemaData<SchemaOf<D[T]>>
    : Personal<SchemaData<SchemaOf<D[T]>>, PersonalMembers<D[T]>>
}

type SchemaData<S extends DataSchema> = DataOf<StandardSchemaV1.InferInput<S>, StandardSchemaV1.InferOutput<S>>

/** The data of an event type whose schema takes `In` and gives `Out`. */
// Where both are the same, as they mostly are, only one of them is printed.
export type DataOf<In, Out> = [In, Out] extends [Out, In] ? Out : Parsed<In, Out>

/** What a writer gives as the data of an event type. */
export type InputOf<Data> = InputOfPlain<WithPersonal<Data>>

type InputOfPlain<Data> = Data extends Parsed<infer In, unknown> ? Fillable<In> : Fillable<Data>

// The data with its personal members, without the brand that tells which they are.
type WithPersonal<Data> = Data extends Personal<infer All, string> ? All : Data

// The compiler gives each object of a list the members of the others, as `undefined`: `{}` must take them, too.
type Fillable<In> = In extends { readonly [member: string]: never } ? { readonly [member: string]: undefined } : In

/** What a reader gets as the data of an event type. */
export type OutputOf<Data> = OutputOfPlain<WithPersonal<Data>>

type OutputOfPlain<Data> = Data extends Parsed<unknown, infer Out> ? Out : Data

/** What a reader gets that does not say how it forgets: the data without its personal members. */
export type PublicOf<Data> =
  Data extends Personal<infer All, infer Members> ? Omit<OutputOfPlain<All>, Members> : OutputOf<Data>

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
    /** The names of members that contain stand-ins, because their person was forgotten; absent if there are none. */
    readonly redacted?: readonly string[]
  }
}[Type]

/** The same without personal members: an event as readers get it who do not say how they forget. */
export type PublicEvent<E extends EventTypes, Type extends keyof E & string = keyof E & string> = {
  [T in Type]: {
    readonly type: T
    readonly data: PublicOf<E[T]>
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
