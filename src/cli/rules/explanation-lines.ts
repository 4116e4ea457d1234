import { eventReference } from '../../core/events/event-reference.ts'
import type { CauseLink, EffectProgress, Explanation, RuleExplanation } from '../../rules/explain/explanation.ts'
import { count } from '../support/count.ts'
import { changeText, entryText } from './writes-text.ts'

/** An explanation for people, in lines. */
export function explanationLines({ event, causes, rules }: Explanation): readonly string[] {
  const { streamId, version, type, recordedAt } = event
  const others = rules.filter(({ sees }) => !sees).map(({ rule }) => rule)
  return [
    `${eventReference(streamId, version)} ${type}, recorded ${recordedAt}`,
    ...causes.map(causeLine),
    ...rules.filter(({ sees }) => sees).flatMap(ruleLines),
    ...(others.length > 0 ? [`Not on such events: ${others.join(', ')}`] : []),
  ]
}

function causeLine({ rule, version, outcome, at, depth, cause }: CauseLink): string {
  const where = `${eventReference(at.streamId, at.version)}${depth > 0 ? `, at depth ${depth}` : ''}`
  return `  because ${rule} ${version} ${outcome} at ${where}, at ${eventReference(cause.streamId, cause.version)} ${cause.type}`
}

function ruleLines(explained: RuleExplanation): readonly string[] {
  const { rule, version, subject, checks, firing, effects, computed } = explained
  const about = subject === null ? '' : ` about ${subject}`
  const marked = computed ? ' (computed)' : ''
  return [
    `${rule} ${version}${about}: ${outcomeText(explained)}${marked}`,
    ...checks.map(({ name, passed }) => `  ${passed ? 'passed' : 'said no'}: ${name}`),
    ...(firing?.changes.map((change) => `  ${changeText(change)}`) ?? []),
    ...(firing?.emitted.map(({ streamId, version: at, type }) => `  emitted ${eventReference(streamId, at)} ${type}`) ??
      []),
    ...(firing?.entries.map((entry) => `  ${entryText(entry)}`) ?? []),
    ...effects.map((effect) => `  effect ${effect.effect}: ${effectText(effect)}`),
  ]
}

function outcomeText({ outcome, blockedBy, firing, error, parked, behind }: RuleExplanation): string {
  switch (outcome) {
    case 'fired':
      return `fired at ${eventReference(firing?.streamId ?? '', firing?.version ?? 0)}`
    case 'blocked':
      return `blocked by ${blockedBy}`
    case 'parked':
    case 'loop':
      return `parked since ${parked?.since}, after ${count(parked?.attempts ?? 0, 'attempt')}, ${failure(error)}`
    case 'held':
      return `held behind version ${behind} of the stream, which is parked`
    case 'unrecorded':
      return error ? failure(error) : 'passed, and recorded nothing'
    default:
      return error ? `${OUTCOMES[outcome]}, ${failure(error)}` : OUTCOMES[outcome]
  }
}

const failure = (error: RuleExplanation['error']): string =>
  error === null ? 'not tried since' : `because of ${error.code}: ${error.message}`

const OUTCOMES = {
  pending: 'not reached yet',
  beforeBegin: 'before the rule began',
  notStarted: 'not started: no worker has run the rule',
  skipped: 'skipped by command',
  subjectDeleted: 'the stream of the subject was deleted',
  notConcerned: 'does not concern it',
  notOn: 'not on such events',
} as const

function effectText(effect: EffectProgress): string {
  switch (effect.state) {
    case 'parked':
      return `parked since ${effect.since}, after ${count(effect.attempts, 'attempt')}, ${failure(effect.error)}`
    case 'held':
      return `held behind ${eventReference(effect.behind.streamId, effect.behind.version)}, which is parked`
    default:
      return EFFECTS[effect.state]
  }
}

const EFFECTS = {
  passed: 'done',
  pending: 'waiting',
  beforeBegin: 'not called: the rule fired before the effect began',
  notStarted: 'not started: no worker has run it',
  skipped: 'skipped by command',
} as const
