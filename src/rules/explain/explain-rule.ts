import { StreamDeleted } from '../../core/errors/append.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type EventProgress, eventProgress, type PlacedEvent } from '../../processor/status/event-progress.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import { subjectOf } from '../evaluation/subject-of.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { effectsOf } from './effects.ts'
import type { RuleExplanation } from './explanation.ts'
import { recompute } from './recompute.ts'
import { findOutcome, firingOf, type RecordedOutcome } from './recorded-outcome.ts'
import { loopAt, REACTION_VERSION, unpassed } from './rule-progress.ts'

/** An event that rules are explained for. */
export type ExplainedEvent = {
  /** As the rule reads it. @throws UpcastFailed, EventSchemaTooNew, and those of the vault */
  decode(rule: Rule): Promise<RuleEvent>
  /** Where it is in the feed. @throws what the storage throws */
  place(): Promise<PlacedEvent>
}

/** What became of an event with one rule, which is on such events. @throws what the storage throws */
export async function explainRule(storage: StoragePort, rule: Rule, source: ExplainedEvent): Promise<RuleExplanation> {
  const nothing = nothingOf(rule)
  const progressOf = async () =>
    eventProgress(storage, { name: rule.name, version: REACTION_VERSION }, await source.place())
  const read = await readEvent(rule, source)
  if ('error' in read) return unread(nothing, await progressOf(), read.error)
  const { event, subject } = read
  const named = { ...nothing, subject }
  if (subject === null) return { ...named, outcome: 'notConcerned', computed: true }
  const streamId = subjectStream(subject)
  try {
    const early = await findOutcome(storage, rule, event, streamId)
    if (early) return await recorded(storage, rule, named, early)
    const progress = await progressOf()
    if (progress.state !== 'passed') return unpassed(named, progress, loopAt(rule, event))
    // The rule may have come to the event in the meantime.
    const late = await findOutcome(storage, rule, event, streamId)
    return late ? await recorded(storage, rule, named, late) : await recompute(storage, rule, event, named)
  } catch (error) {
    if (!(error instanceof StreamDeleted && error.streamId === streamId)) throw error
    return { ...named, outcome: 'subjectDeleted' }
  }
}

/** What is said of a rule before anything is known. */
export const nothingOf = ({ name: rule, version }: Pick<Rule, 'name' | 'version'>): RuleExplanation => ({
  rule,
  version,
  sees: true,
  subject: null,
  outcome: 'unrecorded',
  computed: false,
  checks: [],
  blockedBy: null,
  firing: null,
  effects: [],
  error: null,
  parked: null,
  behind: null,
})

type Read = { readonly event: RuleEvent; readonly subject: string | null } | { readonly error: TidemarkError }

/** A failure here is one that the rule has, too. */
async function readEvent(rule: Rule, source: ExplainedEvent): Promise<Read> {
  try {
    const event = await source.decode(rule)
    return { event, subject: subjectOf(rule, event) }
  } catch (error) {
    if (error instanceof TidemarkError && OF_THE_EVENT.has(error.code)) return { error }
    throw error
  }
}

const OF_THE_EVENT: ReadonlySet<string> = new Set(['RuleFailed', 'UpcastFailed', 'EventSchemaTooNew'])

function unread(nothing: RuleExplanation, progress: EventProgress, { code, message }: TidemarkError): RuleExplanation {
  const failed = { ...nothing, error: { code, message } }
  if (progress.state === 'passed') return failed
  const explained = unpassed(failed, progress, undefined)
  return { ...explained, error: explained.error ?? failed.error }
}

async function recorded(
  storage: StoragePort,
  rule: Rule,
  named: RuleExplanation,
  found: RecordedOutcome,
): Promise<RuleExplanation> {
  const { version, checks } = found.record
  const decided = { ...named, version, checks }
  if (found.outcome === 'blocked') return { ...decided, outcome: 'blocked', blockedBy: checks.at(-1)?.name ?? null }
  const effects = await effectsOf(storage, rule, found)
  return { ...decided, outcome: 'fired', firing: firingOf(found), effects }
}
