import type { AnyEventTypes, RecordedEvent } from '../../core/events/types.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import type { Pacing } from '../../reactions/reaction-source.ts'
import type { Action } from './actions.ts'
import type { Check } from './check.ts'
import type { Effect } from './effect.ts'
import type { Trigger } from './trigger.ts'

/** The part of a storage that rules use. */
export type RuleStorage = Pick<StoragePort, 'events' | 'snapshots' | 'limits' | 'incarnation' | 'vault' | 'writerSeal'>

/** What a rule does. */
export type RuleDefinition<Event> = {
  /**
   * Raise it when the meaning of the rule changes. It is recorded with each firing. The new version continues where the
   * former one stood, and replaces it in workers that still run it. Default 1.
   */
  readonly version?: number
  /** What the rule is for, in a sentence: for people who list rules. */
  readonly description?: string
  /**
   * The id of the subject, such as `user:456`; null if the rule does not concern the event. Default: the subject that the
   * event is about, for events that rules write.
   */
  readonly subject?: (event: Event) => string | null
  /** The checks, in order, all of which must pass. Default: none. */
  readonly when?: readonly Check<Event>[]
  /**
   * What is written to the subject when all checks pass, in one append. Each action sees the subject as those before it
   * leave it.
   */
  readonly then?: readonly Action<Event>[]
  /** What is called after the append, each at least once. */
  readonly effects?: readonly Effect<Event>[]
  /**
   * Whether blocked evaluations are recorded in the subject's stream, too (`'all'`), or only those that `'fired'`: an
   * event that was blocked may then fire when it comes again, after a crash or in a copy of the log. Use `'all'` where
   * firing late would be wrong. Default `'all'`.
   */
  readonly record?: 'all' | 'fired'
  /** Where a new rule begins: with new events only, or with all events of the log. Default `'now'`. */
  readonly from?: 'now' | 'start'
  /** The maximum number of events that one process evaluates at once, each of another stream; default 16. */
  readonly concurrency?: number
  /** How often an event is tried before its stream is parked; default 5. */
  readonly attempts?: number
}

/** An event as a rule takes it. */
export type RuleEvent = RecordedEvent<AnyEventTypes>

/** A rule, created by `defineRule`. A worker runs it, and so does `startProcessor`. */
export type Rule = Required<Omit<RuleDefinition<RuleEvent>, 'when' | 'then'>> &
  Trigger<RuleEvent> & {
    readonly name: string
    readonly checks: readonly Check<RuleEvent>[]
    readonly actions: readonly Action<RuleEvent>[]
    /** A hash of the source text of its functions: a different one under the same version causes a warning. */
    readonly fingerprint: string
    /** What a processor runs: a reaction with the name of the rule, and one for each effect, called `<rule>.<effect>`. */
    reactions(storage: RuleStorage, pacing?: Pacing): readonly Reaction[]
  }

/** Whether a value is a rule. */
export const isRule = (value: unknown): value is Rule => {
  const { name, checks, actions, reactions } = (value ?? {}) as Partial<Rule>
  return typeof name === 'string' && Array.isArray(checks) && Array.isArray(actions) && typeof reactions === 'function'
}
