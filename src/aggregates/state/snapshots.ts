import { notify } from '../../core/async/callbacks.ts'
import type { Clock } from '../../core/clock.ts'
import { StreamDeleted } from '../../core/errors/append.ts'
import { copyPersonalJson } from '../../core/json/copy-personal-json.ts'
import { copyJson, type JsonObject } from '../../core/json/json.ts'
import type { SnapshotDocument } from '../../core/port/snapshot-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Base } from './state-cache.ts'

/** How snapshots are taken. */
export type SnapshotOptions = {
  /** A snapshot is due after this many events since the last one. */
  readonly every: number
  /**
   * Change it when a function that an `evolve` handler calls has changed, because only the handlers' own source text is
   * compared.
   */
  readonly salt?: string
  /**
   * Called for snapshots that could not be read or saved. They only cost time, so nothing else is done about them.
   * Anything that it throws is ignored.
   */
  readonly onError?: (error: unknown, streamId: string) => void
}

/** The snapshots of one aggregate's streams. */
export type Snapshots<S> = {
  /** The snapshot of a stream, if there is one that this code and this incarnation of the log can use. */
  get(streamId: string): Promise<Base<S> | undefined>
  /** Saves a snapshot in the background if one is due. @returns the version of the stream's last snapshot then */
  offer(streamId: string, base: Base<S>): number
  /** Resolves when nothing is being saved any more. */
  settled(): Promise<void>
}

/** What a repository without snapshots uses instead. */
export const noSnapshots: Snapshots<never> = { get: async () => undefined, offer: () => 0, settled: async () => {} }

/** Takes and finds snapshots. */
export function snapshots<S>(
  storage: Pick<StoragePort, 'events' | 'snapshots' | 'incarnation' | 'vault'>,
  { every, onError }: SnapshotOptions,
  { definition, initial, clock }: { readonly definition: string; readonly initial: S; readonly clock: Clock },
): Snapshots<S> {
  // One save for each stream at a time: a snapshot that is due in the meantime is due again at the next append.
  const saving = new Map<string, Promise<void>>()

  const isDeleted = async (streamId: string): Promise<boolean> => {
    try {
      await storage.events.load(streamId, { limit: 0 })
      return false
    } catch (error) {
      if (error instanceof StreamDeleted) return true
      throw error
    }
  }

  // A snapshot that is moved to another stream, or back to an earlier version, does not open.
  const placeOf = (streamId: string, version: number) => [streamId, String(version), definition]

  /** What of a snapshot is stored; undefined if someone whose data is in it was forgotten. */
  const stored = async (streamId: string, { state, version, keys }: Base<S>) => {
    if (keys === undefined) return { state: copyJson(state, 'state') }
    const copied = copyPersonalJson(state, 'state')
    const sealed = await storage.vault?.states.seal(placeOf(streamId, version), keys, copied)
    return sealed && { state: sealed, sealed: true as const }
  }

  const opened = async ({ id, version, state, sealed }: SnapshotDocument) => {
    if (!sealed) return { state }
    return storage.vault?.states.open(placeOf(id, version), state as JsonObject)
  }

  const save = async (streamId: string, base: Base<S>) => {
    const { version, eventId } = base
    try {
      const content = await stored(streamId, base)
      if (content === undefined) return
      const takenAt = new Date(clock.now()).toISOString()
      const { incarnation } = storage
      const place = { version, ...(eventId !== undefined && { eventId }) }
      await storage.snapshots.save({ id: streamId, ...place, ...content, definition, incarnation, takenAt })
      // If the stream was deleted in the meantime, the deletion may have looked for a snapshot before this one was
      // saved.
      if (await isDeleted(streamId)) await storage.snapshots.remove(streamId)
    } catch (error) {
      notify(onError, error, streamId)
    }
  }

  return {
    async get(streamId) {
      try {
        const found = await storage.snapshots.get(streamId)
        if (found === undefined || !isUsable(found, definition, storage.incarnation)) return undefined
        const content = await opened(found)
        if (content === undefined || !isLike(content.state, initial)) return undefined
        const { version, eventId } = found
        return {
          ...content,
          state: content.state as S,
          version,
          ...(typeof eventId === 'string' && { eventId }),
          snapshotVersion: version,
        }
      } catch (error) {
        notify(onError, error, streamId)
        return undefined
      }
    },
    offer(streamId, base) {
      if (base.version - base.snapshotVersion < every || saving.has(streamId)) return base.snapshotVersion
      saving.set(
        streamId,
        save(streamId, base).finally(() => saving.delete(streamId)),
      )
      return base.version
    },
    async settled() {
      while (saving.size > 0) await Promise.all(saving.values())
    },
  }
}

function isUsable(found: SnapshotDocument, definition: string, incarnation: string): boolean {
  return (
    found.definition === definition &&
    found.incarnation === incarnation &&
    Number.isSafeInteger(found.version) &&
    found.version >= 1 &&
    found.state !== undefined
  )
}

const isLike = (state: unknown, initial: unknown): boolean => initial === null || kindOf(state) === kindOf(initial)

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
