import {
  ENTRY_STORED,
  isReservedType,
  PROPERTY_CHANGED,
  RULE_BLOCKED,
  RULE_FIRED,
} from '../../core/port/event-document.ts'
import type { FoundAppend } from '../../core/port/event-log.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import { firingKey, outcomeId } from '../firing/firing-key.ts'
import { dataIn, type RuleBlocked, type RuleFired } from '../subjects/subject-events.ts'
import type { RecordedFiring } from './explanation.ts'

/** What a rule wrote because of an event. */
export type RecordedOutcome =
  | { readonly outcome: 'fired'; readonly record: RuleFired; readonly append: FoundAppend }
  | { readonly outcome: 'blocked'; readonly record: RuleBlocked; readonly append: FoundAppend }

/**
 * Finds what a rule recorded about an event, by the id that it derives from it: at the cost of a look-up, however long
 * the stream of the subject is.
 *
 * @throws StreamDeleted; what the storage throws
 */
export async function findOutcome(
  { events }: Pick<StoragePort, 'events'>,
  rule: Pick<Rule, 'name'>,
  event: Pick<RuleEvent, 'streamId' | 'metadata'>,
  subjectStreamId: string,
): Promise<RecordedOutcome | undefined> {
  const append = await events.findAppend(subjectStreamId, outcomeId(firingKey(rule, event, subjectStreamId)))
  return append && outcomeOf(append)
}

/** What a rule recorded in an append; undefined if no rule wrote it. */
export function outcomeOf(append: FoundAppend): RecordedOutcome | undefined {
  const last = append.events.at(-1)
  if (last?.eventType === RULE_FIRED) return { outcome: 'fired', record: last.eventData as RuleFired, append }
  if (last?.eventType === RULE_BLOCKED) return { outcome: 'blocked', record: last.eventData as RuleBlocked, append }
  return undefined
}

/** What a rule wrote when it fired. */
export function firingOf({ record, append }: Extract<RecordedOutcome, { readonly outcome: 'fired' }>): RecordedFiring {
  const { events, version } = append
  return {
    streamId: events[0]?.stream.id ?? '',
    version,
    recordedAt: events.at(-1)?.metadata.recordedAt ?? '',
    depth: record.depth,
    changes: dataIn(events, PROPERTY_CHANGED),
    emitted: events
      .filter(({ eventType }) => !isReservedType(eventType))
      .map(({ stream, eventType: type, eventData: data }) => ({
        streamId: stream.id,
        version: stream.version,
        type,
        data,
      })),
    entries: dataIn(events, ENTRY_STORED),
  }
}
