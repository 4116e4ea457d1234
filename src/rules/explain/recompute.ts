import type { AsOf } from '../../aggregates/state/as-of.ts'
import { loadStream } from '../../aggregates/state/load.ts'
import { RuleFailed } from '../../core/errors/rule.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import type { Decision } from '../evaluation/decision.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { subjectContextOf } from '../subjects/subject-context.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { toSubject } from '../subjects/subjects.ts'
import type { RuleExplanation } from './explanation.ts'

/**
 * What is said of an event that a rule has passed without a record: which check says no, given the subject as it was when
 * the event was recorded.
 *
 * @throws StreamDeleted; what the storage throws
 */
export async function recompute(
  storage: StoragePort,
  rule: Rule,
  event: RuleEvent,
  named: RuleExplanation,
): Promise<RuleExplanation> {
  const unrecorded: RuleExplanation = { ...named, outcome: 'unrecorded', computed: true }
  if (rule.record === 'all') return { ...unrecorded, computed: false }
  const decision = await evaluateAsOf(storage, rule, event, named.subject as string)
  if (decision?.outcome !== 'blocked') return unrecorded
  const { checks } = decision
  return { ...unrecorded, outcome: 'blocked', checks, blockedBy: checks.at(-1)?.name ?? null }
}

async function evaluateAsOf(
  storage: StoragePort,
  rule: Rule,
  event: RuleEvent,
  subject: string,
): Promise<Decision | undefined> {
  const loaded = await loadStream(subjectContextOf(storage), subjectStream(subject), asOfEvent(event, subject))
  try {
    return evaluate(rule, event, toSubject(subject, loaded))
  } catch (error) {
    if (error instanceof RuleFailed) return undefined
    throw error
  }
}

/** The subject as a rule could have seen it at the event: an event of its own stream is always in it. */
export const asOfEvent = ({ streamId, version, metadata }: RuleEvent, subject: string): AsOf =>
  streamId === subjectStream(subject) ? { version } : { time: new Date(metadata.recordedAt) }
