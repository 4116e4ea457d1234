import { deleteStream } from '../../core/append/delete-stream.ts'
import { recordedTime } from '../../core/events/recorded-time.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { idOf } from '../../core/stream-id.ts'
import { idPartOf } from '../store/id-part.ts'
import type { SeenInstance } from './instance-record.ts'
import { dayOf } from './observe-time.ts'

/**
 * Deletes some of the streams that no one looks at any more: days that were watched, and instances, 100 days after their
 * last event. It never fails, and does something once an hour.
 *
 * @param now milliseconds since 1970
 * @param seen the instances that there are now, which are kept; null if that is unknown: then nothing is deleted
 */
export type DeleteOld = (now: number, seen: readonly SeenInstance[] | null) => Promise<void>

const HOUR = 3_600_000

// More than availability shows, and as much as is looked through for when the storage was last watched.
const KEPT_FOR = 100 * 24 * HOUR

// In one hour, of each kind: a few, so that a clock that is wrong for a while does little harm.
const MOST_DELETED = 10
const MOST_READ = 100

/** Creates what deletes them. */
export function createDeleteOld(store: Pick<StoragePort, 'events' | 'snapshots' | 'writerSeal'>): DeleteOld {
  let hour: number | undefined
  let after: string | undefined

  async function deleteDays(now: number): Promise<void> {
    const first = `watch:${dayOf(now - KEPT_FOR)}`
    for (const streamId of await Array.fromAsync(store.events.streams({ category: 'watch', limit: MOST_DELETED }))) {
      if (streamId < first) await deleteStream(store, streamId)
    }
  }

  /** Goes on where it ended an hour ago, and begins again after the last one. */
  async function deleteInstances(now: number, kept: ReadonlySet<string>): Promise<void> {
    const selected = { category: 'instance', limit: MOST_READ, ...(after !== undefined && { after }) }
    const found = await Array.fromAsync(store.events.streams(selected))
    after = found.length < MOST_READ ? undefined : found.at(-1)
    let deleted = 0
    for (const streamId of found) {
      if (kept.has(idOf(streamId)) || !(await deleteIfOld(streamId, now))) continue
      if (++deleted < MOST_DELETED) continue
      after = streamId
      return
    }
  }

  async function deleteIfOld(streamId: string, now: number): Promise<boolean> {
    const { events, version } = await store.events.load(streamId, { direction: 'backwards', limit: 1 })
    const last = recordedTime(events[0]?.metadata.recordedAt)
    if (last === undefined || now - last.getTime() <= KEPT_FOR) return false
    await deleteStream(store, streamId, { expectedVersion: version })
    return true
  }

  return async (now, seen) => {
    if (seen === null || hour === Math.floor(now / HOUR)) return
    hour = Math.floor(now / HOUR)
    try {
      await deleteDays(now)
      await deleteInstances(now, new Set(seen.map(({ id }) => idPartOf(id))))
    } catch {
      // What is left is deleted later.
    }
  }
}
