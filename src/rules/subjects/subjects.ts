import type { AsOf } from '../../aggregates/state/as-of.ts'
import { type Loaded, loadStream } from '../../aggregates/state/load.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { Json } from '../../core/json/json.ts'
import { ENTRY_STORED } from '../../core/port/event-document.ts'
import type { RuleStorage } from '../definition/rule.ts'
import type { Subject, SubjectState } from './subject.ts'
import { subjectContextOf } from './subject-context.ts'
import type { EntryStored } from './subject-events.ts'
import { subjectStream } from './subject-stream.ts'

/** An entry of a store. */
export type LogEntry = {
  /** The version of the subject with it. */
  readonly version: number
  readonly recordedAt: string
  readonly entry: Json
}

/** Some entries of a store, the oldest first. */
export type LogPage = {
  readonly entries: readonly LogEntry[]
  /** Pass it as `after` for what follows; null if the store has no more entries now. */
  readonly next: number | null
}

/** Which entries to read. */
export type LogOptions = {
  /** Only entries after this version of the subject; 0 by default. */
  readonly after?: number
  /** At most this many, 1 to 1,000; 100 by default. Of large entries, a page has fewer: about 1 MB. */
  readonly limit?: number
}

/** The subjects of a storage, for readers. */
export type Subjects = {
  /**
   * The subject as it is now. One that no rule has written to has version 0 and no properties.
   *
   * @throws InvalidStreamId for an id that no subject can have; StreamDeleted
   */
  load(id: string): Promise<Subject>
  /**
   * The subject as it was at a version, or at a time.
   *
   * @throws InvalidQuery for an invalid `asOf`, and as `load` does
   */
  loadAsOf(id: string, asOf: AsOf): Promise<Subject>
  /**
   * The entries of a store, page by page.
   *
   * @throws InvalidOption, and as `load` does
   */
  log(id: string, store: string, options?: LogOptions): Promise<LogPage>
}

const PAGE = 500
const MOST = 1_000
// In UTF-16 units of JSON: entries may be large.
const MOST_TEXT = 1_000_000

/** Reads the subjects of a storage, which rules write. */
export function subjects(storage: RuleStorage): Subjects {
  const load = async (id: string, asOf?: AsOf) =>
    toSubject(id, await loadStream(subjectContextOf(storage), subjectStream(id), asOf))

  return {
    load: (id) => load(id),
    loadAsOf: (id, asOf) => load(id, asOf),
    async log(id, store, { after = 0, limit = 100 } = {}) {
      if (!Number.isSafeInteger(after) || after < 0) throw new InvalidOption('after', 'a whole number from 0', after)
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > MOST) {
        throw new InvalidOption('limit', `a whole number from 1 to ${MOST}`, limit)
      }
      const streamId = subjectStream(id)
      const found: LogEntry[] = []
      let text = 0
      for (let from = after + 1; ; ) {
        const { events, version } = await storage.events.load(streamId, { from, limit: PAGE })
        for (const { eventType, eventData, stream, metadata } of events) {
          const { store: name, entry } = eventData as EntryStored
          if (eventType !== ENTRY_STORED || name !== store) continue
          // One more was asked for, to know whether there is one.
          if (found.length === limit || text >= MOST_TEXT)
            return { entries: found, next: found.at(-1)?.version ?? null }
          text += JSON.stringify(entry).length
          found.push({ version: stream.version, recordedAt: metadata.recordedAt, entry })
        }
        from = (events.at(-1)?.stream.version ?? version) + 1
        if (from > version) return { entries: found, next: null }
      }
    },
  }
}

/** A loaded stream as a rule sees it. */
export const toSubject = (id: string, { state, version }: Pick<Loaded<SubjectState>, 'state' | 'version'>): Subject =>
  Object.freeze({ id, version, properties: state.properties, times: state.times })
