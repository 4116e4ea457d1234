import { Conflict, tryAppend } from '../../aggregates/commands/append-or-conflict.ts'
import { batchingGate } from '../../aggregates/gate/batching-gate.ts'
import { keep, type Loaded, loadStream } from '../../aggregates/state/load.ts'
import type { EventDocument, NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { RuleStorage } from '../definition/rule.ts'
import type { SubjectState } from '../subjects/subject.ts'
import { subjectContextOf } from '../subjects/subject-context.ts'

/** A subject as it was loaded, or was last known to be. */
export type Ground = Pick<Loaded<SubjectState>, 'streamId' | 'state' | 'version' | 'snapshotVersion'> & {
  /** Whether it was just loaded, and not only remembered. */
  readonly isFresh: boolean
}

/** What the rules of a process write subjects with. */
export type SubjectWriter = {
  /** Runs work on a subject once all earlier work on it in this process has ended. */
  inTurn<T>(streamId: string, work: () => Promise<T>): Promise<T>
  /** The subject as this process last knew it, so that nothing need be read; undefined if it does not know it. */
  recall(streamId: string): Ground | undefined
  /** @throws StreamDeleted, and what the storage throws */
  load(streamId: string): Promise<Ground>
  /** Appends at exactly the version of the ground. @throws StreamDeleted, and what the storage throws */
  append(ground: Ground, documents: readonly NewEventDocument[], after: SubjectState): Promise<AppendResult | Conflict>
}

type Turn = () => Promise<unknown>

const writers = new WeakMap<RuleStorage, SubjectWriter>()

/** The writer of a storage: all rules of a process share it, since they take turns. */
export function subjectWriterOf(storage: RuleStorage): SubjectWriter {
  const known = writers.get(storage)
  if (known) return known
  const writer = createWriter(storage)
  writers.set(storage, writer)
  return writer
}

function createWriter(storage: RuleStorage): SubjectWriter {
  const context = subjectContextOf(storage)
  const enter = batchingGate<Turn, unknown, never>(() => async ([first, ...left]) => {
    try {
      first?.resolve(await first.item())
    } catch (error) {
      first?.reject(error)
    }
    return { left }
  })

  return {
    inTurn: <T>(streamId: string, work: () => Promise<T>) => enter(streamId, work) as Promise<T>,
    recall(streamId) {
      const known = context.cache.get(streamId)
      return known && { streamId, ...known, isFresh: false }
    },
    load: async (streamId) => ({ ...(await loadStream(context, streamId)), isFresh: true }),
    async append(ground, documents, state) {
      const { streamId, snapshotVersion } = ground
      const appended = await tryAppend(context, streamId, documents, ground.version, true)
      if (appended instanceof Conflict || appended.duplicate) return appended
      const { version } = appended
      const last = asStored(streamId, version, documents.at(-1) as NewEventDocument)
      keep(context, { streamId, state, version, exists: true, last, snapshotVersion })
      return appended
    },
  }
}

// Of what is remembered, only the event's id counts.
const asStored = (streamId: string, version: number, document: NewEventDocument): EventDocument => ({
  id: `${streamId}:${version}`,
  stream: { id: streamId, version },
  ...document,
  metadata: { ...document.metadata, recordedAt: '' },
})
