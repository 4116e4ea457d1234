import { foldDocuments } from '../../aggregates/state/fold.ts'
import { loadStream } from '../../aggregates/state/load.ts'
import { recordedTime } from '../../core/events/recorded-time.ts'
import { type EventDocument, PROPERTY_CHANGED, RULE_FIRED } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { SubjectState } from '../subjects/subject.ts'
import { subjectAggregate } from '../subjects/subject-aggregate.ts'
import { subjectContextOf } from '../subjects/subject-context.ts'
import type { PropertyChanged, RuleFired } from '../subjects/subject-events.ts'

/** Up to where a subject is read: a version, or a time. */
export type Moment = { readonly version: number } | { readonly time: Date }

/** A subject as it was at a moment. */
export type PastSubject = { readonly state: SubjectState; readonly version: number }

/** What was written to a subject, read from the log as far as it is needed. */
export type SubjectHistory = {
  /** @throws StreamDeleted; what the storage throws */
  at(moment: Moment): Promise<PastSubject>
  /** The last version that wrote a property, of those that were read; 0 for none. */
  writtenAt(property: string): number
}

const PAGE = 200

/**
 * Reads the history of a subject. The moments are mostly in order, so what follows is folded onto the state before; an
 * earlier moment is loaded anew.
 */
export function subjectHistory(storage: StoragePort, streamId: string): SubjectHistory {
  const written = new Map<string, number>()
  let known: PastSubject | undefined
  let ahead: readonly EventDocument[] = []
  let isAtHead = false

  async function readAhead(from: number): Promise<void> {
    const page = await storage.events.load(streamId, { from, limit: PAGE })
    ahead = page.events
    isAtHead = (ahead.at(-1)?.stream.version ?? page.version) >= page.version
  }

  /** Folds what comes next, if it is within the moment. */
  async function advance(before: PastSubject, moment: Moment): Promise<PastSubject | undefined> {
    if (ahead.length === 0 && (!isAtHead || isBeyond(moment, before.version))) await readAhead(before.version + 1)
    const within = ahead.filter((document) => isWithin(moment, document))
    const last = within.at(-1)
    if (last === undefined) return undefined
    ahead = ahead.slice(within.length)
    for (const document of within) for (const name of propertiesIn(document)) written.set(name, document.stream.version)
    const state = await foldDocuments(subjectAggregate, before.state, within)
    return { state, version: last.stream.version }
  }

  return {
    writtenAt: (property) => written.get(property) ?? 0,
    async at(moment) {
      const isBack = known !== undefined && isBefore(moment, known.version)
      if (known === undefined || isBack) {
        const { state, version } = await loadStream(subjectContextOf(storage), streamId, moment)
        known ??= { state, version }
        return { state, version }
      }
      for (let next: PastSubject | undefined = known; next !== undefined; next = await advance(next, moment))
        known = next
      return known
    },
  }
}

const isBefore = (moment: Moment, version: number): boolean => 'version' in moment && moment.version < version

const isBeyond = (moment: Moment, version: number): boolean => 'version' in moment && moment.version > version

const isWithin = (moment: Moment, { stream, metadata }: EventDocument): boolean =>
  'version' in moment
    ? stream.version <= moment.version
    : (recordedTime(metadata.recordedAt)?.getTime() ?? 0) <= moment.time.getTime()

/** The properties that an event of a subject writes. */
export function propertiesIn({ eventType, eventData }: EventDocument): readonly string[] {
  if (eventType === PROPERTY_CHANGED) return [(eventData as PropertyChanged).name]
  return eventType === RULE_FIRED ? Object.keys((eventData as RuleFired).confirmed ?? {}) : []
}
