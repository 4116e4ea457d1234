// Rules over subjects, published as `tidemark/rules`.

export {
  type Action,
  type ActionTime,
  emit,
  type PropertyOptions,
  removeProperty,
  setProperty,
  store,
} from './definition/actions.ts'
export { type Check, check } from './definition/check.ts'
export { defineRule } from './definition/define-rule.ts'
export { call, type Effect, type EffectContext, type EffectOptions, type Fired } from './definition/effect.ts'
export type {
  Rule,
  RuleDefinition,
  RuleEvent,
  RuleStorage,
} from './definition/rule.ts'
export type { RuleInput } from './definition/rule-input.ts'
export { on, type PropertyEvent, propertyChanged, type Trigger } from './definition/trigger.ts'
export type { Blocking, Decision, Emitted, Firing } from './evaluation/decision.ts'
export { evaluate } from './evaluation/evaluate.ts'
export { explainEvent } from './explain/explain-event.ts'
export type {
  CauseLink,
  EffectProgress,
  EventPlace,
  Explanation,
  RecordedFiring,
  RuleExplanation,
  RuleOutcome,
} from './explain/explanation.ts'
export type { Properties, Subject, SubjectState } from './subjects/subject.ts'
export {
  type CheckVerdict,
  type EntryStored,
  type PropertyChanged,
  type RuleBlocked,
  type RuleCause,
  type RuleFired,
  type SubjectEvents,
  subjectEvents,
} from './subjects/subject-events.ts'
export { subjectIdOf, subjectStream } from './subjects/subject-stream.ts'
export { type LogEntry, type LogOptions, type LogPage, type Subjects, subjects } from './subjects/subjects.ts'
export type { Difference, TriedDecision, TriedEvent, Would, Writes } from './try/tried-event.ts'
export { type TryOptions, tryRule } from './try/try-rule.ts'
