import type { Json, JsonObject } from '../../core/json/json.ts'
import type { EventMetadata } from '../../core/port/event-document.ts'
import type { ReactionContext } from '../../reactions/reaction.ts'
import type { PropertyChanged, RuleFired } from '../subjects/subject-events.ts'
import { partFunction, wordsName } from './names.ts'

/** What an effect gets: that a rule fired, why, and what it wrote. */
export type Fired<Event> = RuleFired & {
  /** The subject's id. */
  readonly subject: string
  /** The version of the subject once the rule had fired. */
  readonly subjectVersion: number
  /** The event that made the rule fire. */
  readonly event: Event
  /** The properties that changed. */
  readonly changes: readonly PropertyChanged[]
  /** The events that the rule emitted. Personal members are sealed. */
  readonly emitted: readonly { readonly type: string; readonly data: JsonObject }[]
  /** The entries that the rule stored. */
  readonly entries: readonly { readonly store: string; readonly entry: Json }[]
  readonly metadata: EventMetadata
}

/** The context of an effect. */
export type EffectContext = Pick<ReactionContext, 'position' | 'environment' | 'attempt' | 'signal'> & {
  /** The same at each attempt at this effect of this firing, also after a crash. */
  readonly key: string
}

/** How an effect is called. */
export type EffectOptions = {
  /** The maximum number of calls at once in one process, each for another subject; default 16. */
  readonly concurrency?: number
  /** How often it is tried before the effects of the subject are parked; default 5. */
  readonly attempts?: number
  /** Milliseconds after which an attempt counts as failed; default 30,000. */
  readonly timeLimit?: number
  /** Whether an error says that the destination is unavailable, so that the effect waits; see `defineReaction`. */
  readonly unavailable?: (error: unknown) => boolean
}

/** What is called after a rule has fired, created by `call`. */
export type Effect<Event> = EffectOptions & {
  readonly name: string
  run(fired: Fired<Event>, context: EffectContext): unknown
}

const MOST = 40

/**
 * A call after a rule has fired, such as of another system: at least once, and in order for each subject. It is a
 * reaction of its own, called `<rule>.<effect>`: it can be paused, parked and replayed without the rule. A new effect of
 * a rule begins with the next firing. It is not called if the stream of the event, or of the subject, was deleted before.
 *
 * @param name lower-case words joined by `-`, 1 to 40 characters
 * @param run when what it returns resolves, the call is done
 * @throws InvalidDefinition for an invalid name
 */
export function call<Event>(
  name: string,
  run: (fired: Fired<Event>, context: EffectContext) => unknown,
  options: EffectOptions = {},
): Effect<Event> {
  return { ...options, name: wordsName('an effect', name, MOST), run: partFunction('effect', name, run) }
}
