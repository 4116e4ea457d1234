import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { LoadedStream, ReadOptions } from '../../../../src/core/port/event-log.ts'
import type { Stored } from '../../../../src/core/port/save.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { type ViewDocument, viewId } from '../../../../src/core/port/view-store.ts'
import { below, oneOf } from '../../../../src/testing/conformance/support/random.ts'
import type { MemoryStorage } from '../../../../src/testing/memory/index.ts'
import type { Actor, Scheduler } from '../../../../src/testing/simulate/world/scheduler.ts'
import type { CommitRecord } from './commit-record.ts'

/** The probabilities of what befalls a call. */
export type Faults = {
  readonly late: number
  readonly lost: number
  readonly answerLost: number
  readonly stale: number
  readonly etagLost: number
  readonly pause: number
  readonly crash: number
}

export const NO_FAULTS: Faults = { late: 0, lost: 0, answerLost: 0, stale: 0, etagLost: 0, pause: 0, crash: 0 }

/** What the processes of a run share. */
export type Shared = {
  readonly db: MemoryStorage
  readonly scheduler: Scheduler
  readonly random: () => number
  readonly record: CommitRecord
  /** Every state that a view's document ever had, by its id. */
  readonly history: Map<string, (Stored<ViewDocument> | undefined)[]>
}

// Milliseconds: longer than any grace.
const LONG_PAUSE = 4_000

/** The database as one process sees it: late, stale, and with responses that are lost. */
export function faultyProcess(shared: Shared, actor: Actor, faults: Faults): StoragePort {
  const { db, scheduler, random, record, history } = shared
  const strikes = (kind: keyof Faults) => random() < faults[kind]
  const delay = () => below(random, 8) / 2 + (strikes('late') ? below(random, 2_500) : 0)

  const call = <T>(act: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const answer = (take: () => void) => scheduler.after(delay(), actor, take)
      const arrive = async (): Promise<void> => {
        if (strikes('lost')) return void answer(() => reject(new StorageUnavailable('lost on the way')))
        try {
          const value = await act()
          if (strikes('answerLost')) answer(() => reject(new StorageUnavailable('response lost')))
          else answer(() => resolve(value))
        } catch (error) {
          answer(() => reject(error))
        }
      }
      if (strikes('pause')) actor.pausedUntil = scheduler.now + below(random, LONG_PAUSE)
      // What a process sent before its end may arrive after it.
      if (strikes('crash')) actor.alive = false
      scheduler.after(delay(), actor.alive ? actor : undefined, arrive)
    })

  /** As a replica shows a stream that is behind: at the end of an earlier append. */
  const staleLoad = async (streamId: string, options: ReadOptions): Promise<LoadedStream> => {
    await db.events.load(streamId, { limit: 0 })
    const stored = db.state.streams.get(streamId)?.events ?? []
    const ends = stored.flatMap((event, i) => (event && stored[i + 1]?.appendId === event.appendId ? [] : [i + 1]))
    const version = oneOf(random, [0, ...ends])
    if (version === 0) return { events: [], version }
    const isBackwards = options.direction === 'backwards'
    const shown = isBackwards
      ? { ...options, from: Math.min(options.from ?? version, version) }
      : { ...options, to: Math.min(options.to ?? version, version) }
    return { events: (await db.events.load(streamId, shown)).events, version }
  }

  const remember = async (document: { projection: string; version: number; key: string }) => {
    const known = history.get(viewId(document)) ?? [undefined]
    known.push(await db.viewStore.get(document))
    history.set(viewId(document), known)
  }

  /** Saves a document unchanged: its ETag is another one then. */
  const interfere = async (ref: { projection: string; version: number; key: string }) => {
    const found = await db.viewStore.get(ref)
    if (found) await db.viewStore.save(found.document, { ifMatch: found.etag })
    await remember(ref)
  }

  return {
    ...db,
    events: {
      ...db.events,
      load: (streamId, options = {}) =>
        call(() => (strikes('stale') ? staleLoad(streamId, options) : db.events.load(streamId, options))),
      findAppend: (streamId, eventId) => call(() => db.events.findAppend(streamId, eventId)),
      append: (streamId, events, options) =>
        call(async () => {
          const result = await db.events.append(streamId, events, options)
          if (!result.duplicate) record.appended(streamId, events)
          return result
        }),
      async *streams(query) {
        yield* await call(() => Array.fromAsync(db.events.streams(query)))
      },
      tombstone: (streamId, marker, options) =>
        call(async () => {
          const result = await db.events.tombstone(streamId, marker, options)
          record.deleted(streamId)
          return result
        }),
    },
    viewStore: {
      ...db.viewStore,
      get: (ref) =>
        call(async () => {
          const known = history.get(viewId(ref))
          return known && strikes('stale') ? oneOf(random, known) : db.viewStore.get(ref)
        }),
      save: (document, condition) =>
        call(async () => {
          const result = await db.viewStore.save(document, condition)
          await remember(document)
          if (strikes('etagLost')) await interfere(document)
          return result
        }),
      remove: (ref, etag) =>
        call(async () => {
          const result = await db.viewStore.remove(ref, etag)
          await remember(ref)
          return result
        }),
    },
  }
}
