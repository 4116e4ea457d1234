import type { PersonalRule } from '../core/events/sealing/personal-types.ts'
import type {
  AnyEventTypes,
  DefinedEvents,
  EventSet,
  EventTypes,
  PublicEvent,
  RecordedEvent,
} from '../core/events/types.ts'
import type { Json, JsonObject } from '../core/json/json.ts'
import { type EventDocument, type EventMetadata, FORGOTTEN, type TOMBSTONE } from '../core/port/event-document.ts'
import type { FieldPath } from '../core/reading/view-filter.ts'

/** The argument of a handler for deleted streams: the stream has ended, and its events are being erased. */
export type DeletedStream = {
  readonly type: typeof TOMBSTONE
  readonly streamId: string
  /** The version of the stream's end. */
  readonly version: number
  readonly metadata: EventMetadata
}

/** The argument of a handler for forgotten people: from now on, the person's data in events cannot be read. */
export type ForgottenPerson = {
  readonly type: typeof FORGOTTEN
  readonly streamId: string
  readonly version: number
  readonly metadata: EventMetadata
  /** The person's opaque id. */
  readonly person: string
  /** The last of the keys that were forgotten: `<key id>.<generation>`. */
  readonly through: string
}

/** The result of a projection's key function: the key of the view that the event concerns, several keys, or none. */
export type ViewKeys = string | readonly string[] | null | undefined

/** The events that handlers get: with personal members only if the definition says how its views forget. */
type EventFor<E extends EventTypes, Type extends keyof E & string, Reads extends string> = [Reads] extends [never]
  ? PublicEvent<E, Type>
  : RecordedEvent<E, Type>

// How the compiler finds out that a member is there, although it does not know the types of its functions yet.
type Noting<Reads extends string> = { readonly [Member in Reads]?: unknown }

/**
 * How events become views. Handlers are pure: their arguments are frozen, and their result is the new view.
 *
 * They get no personal members of events, unless `personal` or `forgotten` says how the views forget.
 *
 * @typeParam Reads inferred; with explicit type arguments, `'personal'` if handlers get personal members
 */
export type ProjectionDefinition<E extends EventTypes, V, Reads extends string = never> = {
  /** Raise it when the meaning of a handler changes: new views are then built from the start of the feed. Default 1. */
  readonly version?: number
  readonly events: EventSet<E>
  /**
   * Fields of the view, such as `address.city`, that queries filter or order by: the database creates indexes for them,
   * if it supports any. They are created when a worker starts, or by `tidemark setup`, and need no new version.
   */
  readonly indexes?: readonly FieldPath<NoInfer<V>>[]
  /** The views that an event concerns. It is called for events that have a handler, and must be pure. */
  readonly key: (event: EventFor<NoInfer<E>, keyof E & string, NoInfer<Reads>>) => ViewKeys
  /** The view before its first event. */
  readonly initial: (key: string) => V
  /**
   * One handler for each event type that the views are built from. If a handler returns null, the view is deleted for
   * its readers; a later event begins again with `initial`.
   */
  readonly on: {
    readonly [Type in keyof E & string]?: (
      view: NoInfer<V>,
      event: EventFor<NoInfer<E>, Type, NoInfer<Reads>>,
    ) => NoInfer<V> | Literals | null
  }
  /** What happens to views when a stream is deleted. By default nothing. */
  readonly deleted?: NoInfer<{
    readonly key: (streamId: string) => ViewKeys
    readonly fold: (view: V, event: DeletedStream) => V | null
  }>
  /**
   * Which members of a view are about a person: they are sealed where the view is stored, under a key of that person,
   * and opened for readers, who get stand-ins once the person was forgotten. Queries cannot filter or order by them. One
   * rule, or several for several people. Handlers get the personal members of events; each is to end up only in a member
   * of a view that is sealed for the same person, and never in the view's key.
   */
  readonly personal?: (NoInfer<PersonalRule<V>> & Noting<Reads>) | readonly (NoInfer<PersonalRule<V>> & Noting<Reads>)[]
  /**
   * What happens to views when a person is forgotten: for views that are stored in clear, so that queries can filter by
   * personal members, too. Handlers get the personal members of events. `key` names all views that may contain something
   * about the person, and `fold` removes it. It must be idempotent, because it is called again after an event that was
   * recorded before the person was forgotten and arrives late. Keys of views stay when a view is deleted, so they must
   * not contain anything personal.
   */
  readonly forgotten?: NoInfer<{
    readonly key: (person: string) => ViewKeys
    readonly fold: (view: V, event: ForgottenPerson) => V | null
  }> &
    Noting<Reads>
  /**
   * Merges two views of one key, for a projection whose handlers commute between streams, such as one that counts. Its
   * views are then stored in parts, so that workers that fold events of different feed ranges do not wait for each
   * other, and are merged when they are read. Such views can be read by their keys and waited for, but not queried.
   *
   * It must be pure, associative and commutative, with the result of `initial` as its neutral element;
   * `givenEvents(…).thenMerges()` of `tidemark/testing` tests this.
   */
  readonly merge?: NoInfer<(a: V, b: V) => V>
}

// Nothing is of this type. The compiler does not know the view's type yet when it meets a handler, and this tells it to
// keep `'active'` from becoming `string`. The name of its member is what it says of a handler that returns another view.
type Literals = {
  readonly 'a view of the type that initial returns, or null': never
  readonly [member: string]: '' | 0 | true | Literals | readonly Literals[]
}

/**
 * A type as JSON represents it: `never` for everything that JSON cannot represent. Interfaces, too, can be JSON
 * objects.
 */
export type JsonShape<T> = T extends Json | undefined
  ? T
  : T extends (...parameters: never) => unknown
    ? never
    : T extends object
      ? { readonly [Member in keyof T]: JsonShape<T[Member]> }
      : never

/** An additional constraint of a definition, so that its views are JSON objects. */
export type KeepsJson<V> = unknown extends V
  ? // Another mistake kept the compiler from finding out what the view is, and that one is to be named.
    unknown
  : [V] extends [readonly unknown[]]
    ? ViewIsNotJson
    : [V] extends [object & JsonShape<V>]
      ? unknown
      : ViewIsNotJson

// What the compiler says instead of all the types that JSON is made of.
type ViewIsNotJson = { readonly initial: (key: string) => 'A view must be a JSON object' }

/** An event on its way into views: of a defined type, the end of a stream, or that a person was forgotten. */
export type FoldedEvent = RecordedEvent<AnyEventTypes> | DeletedStream | ForgottenPerson

/** Whether an event says that a person was forgotten. */
export const isForgotten = (event: FoldedEvent): event is ForgottenPerson => event.type === FORGOTTEN

/** Pure code that folds events into views; created by `defineProjection`. */
export interface Projection<V = unknown> {
  readonly name: string
  readonly version: number
  /** A hash of the source text of its handlers: a different one under the same version causes a warning. */
  readonly fingerprint: string
  /** The event types that have a handler, each with its definition. */
  readonly events: DefinedEvents<AnyEventTypes>
  readonly initial: (key: string) => V
  /** The fields of a view that queries filter or order by, each once. */
  readonly indexes: readonly string[]
  /** Whether it handles the ends of streams. */
  readonly foldsDeletion: boolean
  /** Whether its handlers get the personal members of events. */
  readonly readsPersonal: boolean
  /** Whether it is a reaction that handles its timers when they fire. */
  readonly getsTimers?: boolean
  /** Whether it handles that people are forgotten. */
  readonly foldsForgotten: boolean
  /** Which members of its views are sealed, if any are. */
  readonly personal?: readonly PersonalRule[]
  /** Merges two views of one key; see `ProjectionDefinition`. */
  merge?(a: V, b: V): V
  /** Stops at an event that must not be skipped although no handler takes it. @throws UnknownOperation */
  assertKnown?(document: EventDocument): void
  /**
   * The keys of the views that an event concerns, checked, each once.
   *
   * @throws InvalidViewKey, and what the key function throws
   */
  keysOf(event: FoldedEvent): readonly string[]
  /**
   * The view after an event; null if it is deleted.
   *
   * @param key the key of the view, or of one of its parts
   * @param view the view before, or null if there is none
   * @throws NotJson if the handler returns neither an object nor null, and what the handler throws
   */
  fold(key: string, view: JsonObject | null, event: FoldedEvent): V | null
}
