import { InvalidDefinition } from '../../core/errors/input.ts'
import type {
  AnyEventTypes,
  DefinedEvents,
  EventSet,
  EventTypes,
  PublicEvent,
  RecordedEvent,
} from '../../core/events/types.ts'
import { PROPERTY_CHANGED } from '../../core/port/event-document.ts'
import { type SubjectEvents, subjectEvents } from '../subjects/subject-events.ts'
import { partName } from './names.ts'

declare const triggering: unique symbol

/** What a rule is on, created by `on` or `propertyChanged`. */
export type Trigger<Event> = {
  readonly types: readonly string[]
  /** The property, if it is on the changes of one. */
  readonly property?: string
  readonly events: DefinedEvents<AnyEventTypes>
  /** Only there for the compiler. */
  readonly [triggering]?: Event
}

/** The event that a property changed. */
export type PropertyEvent = RecordedEvent<SubjectEvents, typeof PROPERTY_CHANGED>

/**
 * What a rule is on: events of these types, in whatever stream.
 *
 * @param events the set that defines them
 * @throws InvalidDefinition for no type, or one that is not in the set
 */
export function on<E extends EventTypes, Type extends keyof E & string>(
  events: EventSet<E>,
  ...types: readonly [Type, ...Type[]]
): Trigger<PublicEvent<E, Type>> {
  const unknown = types.find((type) => !Object.hasOwn(events.definitions, type))
  if (unknown !== undefined || types.length === 0) {
    throw new InvalidDefinition(`A rule is on ${unknown ?? 'no type of event'}, which its events do not define`)
  }
  return { types: [...new Set(types)], events: events as unknown as EventSet<AnyEventTypes> }
}

/**
 * What a rule is on: the changes of a property, of any subject.
 *
 * @throws InvalidDefinition for an invalid name
 */
export const propertyChanged = (name: string): Trigger<PropertyEvent> => ({
  types: [PROPERTY_CHANGED],
  property: partName('property', name),
  events: subjectEvents as unknown as EventSet<AnyEventTypes>,
})
