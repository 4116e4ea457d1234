import type { Aggregate } from '../../aggregates/aggregate.ts'
import type { EventSet } from '../../core/events/types.ts'
import { PROPERTY_CHANGED, RULE_FIRED } from '../../core/port/event-document.ts'
import { withConfirmed, withProperty } from './fold-subject.ts'
import { NO_PROPERTIES, type SubjectState } from './subject.ts'
import { type SubjectEvents, subjectEvents } from './subject-events.ts'
import { SUBJECT } from './subject-stream.ts'

/** The events that change what a subject is. */
export type Folded = Pick<SubjectEvents, typeof PROPERTY_CHANGED | typeof RULE_FIRED>

const { [PROPERTY_CHANGED]: propertyChanged, [RULE_FIRED]: ruleFired } = subjectEvents.definitions

/** How the stream of a subject becomes its state. Only rules write to it, so it has no commands. */
export const subjectAggregate: Aggregate<SubjectState, Folded> = {
  category: SUBJECT,
  events: {
    definitions: { [PROPERTY_CHANGED]: propertyChanged, [RULE_FIRED]: ruleFired },
  } as unknown as EventSet<Folded>,
  initial: NO_PROPERTIES,
  evolve: {
    [PROPERTY_CHANGED]: (state, { data }) => withProperty(state, data),
    [RULE_FIRED]: (state, { data }) => withConfirmed(state, data),
  },
}
