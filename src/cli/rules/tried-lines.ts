import { eventReference } from '../../core/events/event-reference.ts'
import type { Rule } from '../../rules/definition/rule.ts'
import type { TriedDecision, TriedEvent, TrySummary, Would } from '../../rules/try/tried-event.ts'
import { count } from '../support/count.ts'
import { changeText, entryText } from './writes-text.ts'

/** An event of a trial, for people. */
export function triedLine({ event, subject, would, happened, difference }: TriedEvent): string {
  const { streamId, version, type, recordedAt } = event
  const then =
    difference === null ? '' : `  (${happened === null ? 'nothing is recorded' : `then: ${doneText(happened)}`})`
  const about = subject === null ? [] : [subject]
  return [recordedAt, eventReference(streamId, version), type, ...about, `${wouldText(would)}${then}`].join('  ')
}

function wouldText(would: Would): string {
  switch (would.outcome) {
    case 'failed':
      return `would be parked, because of ${would.error.code}: ${would.error.message}`
    case 'subjectDeleted':
      return 'the stream of the subject was deleted'
    case 'blocked':
      return `would be ${doneText(would)}`
    case 'fired':
      return `would have ${doneText(would)}`
  }
}

function doneText(decision: TriedDecision): string {
  if (decision.outcome === 'blocked') return `blocked by ${decision.blockedBy}`
  const { changes, emitted, entries } = decision
  const writes = [
    ...changes.map(changeText),
    ...emitted.map(({ type }) => `emitted ${type}`),
    ...entries.map(entryText),
  ]
  return writes.length === 0 ? 'fired' : `fired: ${writes.join('; ')}`
}

/** A summary, for people. */
export function summaryLines(
  { name, version }: Pick<Rule, 'name' | 'version'>,
  { events, subjects, fired, blocked, failed, differences }: TrySummary,
): readonly string[] {
  const { fires, blocks, fails, writes, check } = differences
  const sum = fires + blocks + fails + writes + check
  return [
    `${name} ${version}: ${count(events, 'event')} about ${count(subjects, 'subject')}`,
    `  would have fired: ${fired.toLocaleString('en')}`,
    ...countsOf('would be blocked by', blocked),
    ...countsOf('would be parked because of', failed),
    sum === 0
      ? '  the same as what happened'
      : `  other than what happened: ${count(sum, 'event')} (fires ${fires}, is blocked ${blocks}, fails ${fails}, ` +
        `writes something else ${writes}, is blocked by another check ${check})`,
  ]
}

const countsOf = (what: string, counts: { readonly [name: string]: number }): readonly string[] =>
  Object.entries(counts).map(([name, number]) => `  ${what} ${name}: ${number.toLocaleString('en')}`)
