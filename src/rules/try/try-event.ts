import { foldDocuments } from '../../aggregates/state/fold.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import { decodeEvents } from '../../core/events/codec.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Rule, RuleEvent } from '../definition/rule.ts'
import { depthOf } from '../evaluation/chain-depth.ts'
import type { Decision } from '../evaluation/decision.ts'
import { evaluate } from '../evaluation/evaluate.ts'
import { subjectOf } from '../evaluation/subject-of.ts'
import { asOfEvent } from '../explain/recompute.ts'
import { findOutcome, type RecordedOutcome } from '../explain/recorded-outcome.ts'
import type { Subject, SubjectState } from '../subjects/subject.ts'
import { subjectAggregate } from '../subjects/subject-aggregate.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { toSubject } from '../subjects/subjects.ts'
import { didThen, wouldDo } from './decisions.ts'
import { differenceOf } from './difference.ts'
import { isSameProperty, propertyOf } from './overlay.ts'
import { type Moment, propertiesIn } from './subject-history.ts'
import type { TriedEvent, Would } from './tried-event.ts'
import type { TriedSubject, TriedSubjects } from './tried-subjects.ts'

/**
 * Tries a rule with one event that it is on.
 *
 * @returns undefined if the rule does not concern the event
 * @throws what the storage throws
 */
export async function tryEvent(
  storage: StoragePort,
  rule: Rule,
  subjects: TriedSubjects,
  document: EventDocument,
): Promise<TriedEvent | undefined> {
  const { stream, eventType: type, metadata } = document
  const place = { streamId: stream.id, version: stream.version, type, recordedAt: metadata.recordedAt }
  const tried = (subject: string | null, would: Would, happened: TriedEvent['happened'] = null): TriedEvent => ({
    event: place,
    subject,
    would,
    happened,
    difference: differenceOf(would, happened),
  })
  const read = await orFailed(async () => {
    const [event] = await decodeEvents(rule.events, [document], { vault: storage.vault, personal: false })
    return { event: event as RuleEvent, id: subjectOf(rule, event as RuleEvent) }
  })
  if ('outcome' in read) return tried(null, read)
  const { event, id } = read
  if (id === null) return undefined
  try {
    const found = await findOutcome(storage, rule, event, subjectStream(id))
    const happened = found ? await didThen(storage, rule, found) : null
    const subject = subjects.get(id)
    const then = await subjectThen(subject, id, found ? momentOf(found) : asOfEvent(event, id))
    const decided = await orFailed(async () => {
      depthOf(rule, event)
      const decision = evaluate(rule, event, then.subject)
      return { decision, would: await wouldDo(rule, event, decision) }
    })
    const hasDecided = 'decision' in decided
    await note(subject, then, hasDecided ? decided.decision : undefined, found)
    return tried(id, hasDecided ? decided.would : decided, happened)
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
    return tried(id, { outcome: 'subjectDeleted' })
  }
}

/** What the rule saw then is known exactly if it recorded what it did. */
function momentOf(found: RecordedOutcome): Moment {
  if (found.outcome === 'blocked') return { version: found.record.subjectVersion }
  return { version: (found.append.events[0]?.stream.version ?? 1) - 1 }
}

/** A subject at a moment: as it was, and as it is in the trial. */
type Then = { readonly real: SubjectState; readonly subject: Subject }

async function subjectThen({ history, overlay }: TriedSubject, id: string, moment: Moment): Promise<Then> {
  const { state: real, version } = await history.at(moment)
  return { real, subject: toSubject(id, { state: overlay.over(real, version, history.writtenAt), version }) }
}

/** Notes which properties are other ones from now on than in the log. */
async function note(
  { history, overlay }: TriedSubject,
  { real, subject }: Then,
  decision: Decision | undefined,
  found: RecordedOutcome | undefined,
): Promise<void> {
  const written = found?.append.events ?? []
  const realAfter = await foldDocuments(subjectAggregate, real, written)
  const after = decision?.outcome === 'fired' ? decision.state : subject
  const names =
    decision?.outcome === 'fired'
      ? [...decision.changes.map(({ name }) => name), ...Object.keys(decision.confirmed ?? {})]
      : []
  const since = found?.append.version ?? subject.version
  for (const name of new Set([...names, ...written.flatMap(propertiesIn)])) {
    // By another rule, whose turn it was afterwards.
    if (history.writtenAt(name) > since) continue
    const kept = propertyOf(after, name)
    if (isSameProperty(kept, propertyOf(realAfter, name))) overlay.remove(name)
    else overlay.set(name, { ...kept, since })
  }
}

const FAILURES: ReadonlySet<string> = new Set(['RuleFailed', 'RuleLoop', 'UpcastFailed', 'EventSchemaTooNew'])

/** What work returns, or that the rule fails so, for which its stream would be parked. */
async function orFailed<T extends object>(work: () => Promise<T>): Promise<T | Extract<Would, { outcome: 'failed' }>> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TidemarkError && FAILURES.has(error.code))) throw error
    return { outcome: 'failed', error: { code: error.code, message: error.message } }
  }
}
