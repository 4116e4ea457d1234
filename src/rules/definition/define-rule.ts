import { InvalidDefinition } from '../../core/errors/input.ts'
import { PROPERTY_CHANGED } from '../../core/port/event-document.ts'
import { ruleReactions } from '../firing/rule-reactions.ts'
import { subjectIdOf } from '../subjects/subject-stream.ts'
import { fingerprintOf } from './fingerprint.ts'
import { wordsName } from './names.ts'
import type { Rule, RuleDefinition, RuleEvent } from './rule.ts'
import type { Trigger } from './trigger.ts'

const MAX_NAME = 50

const DEFAULTS = { version: 1, description: '', record: 'all', from: 'now', concurrency: 16, attempts: 5 } as const

/**
 * Defines a rule: when an event of some types comes, and all checks pass, the subject's properties are set, and events
 * and entries are added to its stream, in one append that also says why. Effects are called after it.
 *
 * The functions of a rule are pure and synchronous: they decide by the event and the subject alone. They get no personal
 * members of events.
 *
 * @param name lower-case words joined by `-`, 1 to 50 characters; its progress is stored under it, so another name is
 *   another rule. In a worker's folder, its file has this name
 * @param trigger what it is on: `on(events, 'type')`, or `propertyChanged('name')`
 * @throws InvalidDefinition for an invalid name, version or option, two checks with the same name, two effects with the
 *   same name, a rule that does nothing, and one that changes properties on the change of any property
 */
export function defineRule<Event>(
  name: string,
  trigger: Trigger<Event>,
  definition: RuleDefinition<NoInfer<Event>>,
): Rule {
  wordsName('a rule', name, MAX_NAME)
  const fault = (what: string) => new InvalidDefinition(`Rule ${name}: ${what}`)
  if (!Array.isArray(trigger?.types)) throw fault('it needs what it is on, such as on(events, type)')
  if (typeof definition !== 'object' || definition === null) throw fault('it needs a definition')
  // From here on, events are looked up by name.
  const given = definition as unknown as RuleDefinition<RuleEvent>
  const { version, description, record, from, concurrency, attempts } = { ...DEFAULTS, ...given }
  for (const [setting, value] of Object.entries({ version, concurrency, attempts })) {
    if (!Number.isSafeInteger(value) || value < 1) throw fault(`${setting} must be a whole number from 1`)
  }
  if (typeof description !== 'string') throw fault('description must be a text')
  if (record !== 'all' && record !== 'fired') throw fault(`record must be 'all' or 'fired'`)
  if (from !== 'now' && from !== 'start') throw fault(`from must be 'now' or 'start'`)
  const { subject = ofItsStream, when: checks = [], then: actions = [], effects = [] } = given
  if (typeof subject !== 'function') throw fault('subject must be a function of the event')
  const isList = (parts: unknown, member: string) =>
    Array.isArray(parts) && parts.every((part) => typeof part === 'object' && part !== null && member in part)
  if (!isList(checks, 'test')) throw fault('when must be a list of checks, made by check')
  if (!isList(actions, 'kind')) throw fault('then must be a list of actions, made by setProperty, emit and the like')
  if (!isList(effects, 'run')) throw fault('effects must be a list of effects, made by call')
  const isOnAnyChange = trigger.types.includes(PROPERTY_CHANGED) && trigger.property === undefined
  if (isOnAnyChange && actions.some(({ kind }) => kind === 'set' || kind === 'remove')) {
    // It would double with each link of the chain.
    throw fault('it changes properties on the change of any, so it would fire itself: be on propertyChanged(name)')
  }
  if (actions.length + effects.length === 0) throw fault('it does nothing: give it then or effects')
  for (const [what, parts] of Object.entries({ check: checks, effect: effects })) {
    const twice = parts.find((part, i) => parts.findIndex((other) => other.name === part.name) !== i)
    if (twice) throw fault(`two of its ${what}s are called ${twice.name}`)
  }
  const parts = { subject, checks, actions, effects }
  const settings = { version, description, record, from, concurrency, attempts }
  const rule: Rule = {
    name,
    ...(trigger as Trigger<RuleEvent>),
    ...settings,
    ...parts,
    fingerprint: fingerprintOf(parts),
    reactions: (storage, pacing) => ruleReactions(storage, rule, pacing),
  }
  return rule
}

/** An event that is in no subject's stream is a mistake of the rule. */
const ofItsStream = ({ streamId }: RuleEvent): string => subjectIdOf(streamId) as string
