import { randomUUID } from 'node:crypto'
import { notify } from '../core/async/callbacks.ts'
import { concurrently } from '../core/async/concurrently.ts'
import { APART, SEALED } from '../core/events/sealing/sealed-data.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { eventsAfter, RANGES_AT_ONCE, readPage } from '../core/reading/read-log.ts'
import { claimPlaces, type Place } from './copy-checkpoints.ts'
import { copyPage } from './copy-page.ts'

/** The progress of a copy, or of its verification. */
export type CopyProgress = {
  readonly phase: 'copy' | 'verify'
  /** Events, since this began. */
  readonly done: number
  /** The approximate number at the end. */
  readonly total: number
}

/** The source, the target and the options of a copy. */
export type CopyOptions = {
  readonly source: StoragePort
  readonly target: StoragePort
  /** Whether an append that exceeds the target's limits may be divided into several; default false. */
  readonly splitAppends?: boolean
  /** When it is aborted, the copy ends after the work in progress, and throws its reason. */
  readonly signal?: AbortSignal
  /** Anything that it throws or rejects with is ignored. */
  readonly onProgress?: (progress: CopyProgress) => void
}

/** The result of a copy. */
export type Copied = {
  /** Events that were read and are now at the target, including repeats after an interruption. */
  readonly events: number
  /** Feed ranges of the source. */
  readonly ranges: number
  /** The approximate number of events that arrived in the meantime and are not copied. */
  readonly behind: number
  /** Whether some of these events contain sealed personal data, whose keys are not copied. */
  readonly personal: boolean
  /** Whether some of them refer to payloads, which are not copied. */
  readonly apart: boolean
}

/**
 * Copies the log of one storage into another, which must be empty or contain a part of this copy: streams with their
 * versions, event ids, metadata, append boundaries and tombstones. It resumes where a copy was interrupted, and ends
 * when it has caught up with each feed range. Views, leases and snapshots are not copied.
 *
 * @throws CopyTargetOccupied, CopyInProgress, CopyDiverged, NotCopyable, and what the storages throw
 */
export async function copyLog(options: CopyOptions): Promise<Copied> {
  const { source, target, splitAppends = false, onProgress } = options
  const signal = options.signal ?? new AbortController().signal
  const places = new Map<string, Place>()
  const claimed = await claimPlaces(source, target, randomUUID(), signal)
  const keep = (place: Place) => places.set(`${place.range.min}-${place.range.max}`, place)
  claimed.forEach(keep)
  const expected = await eventsAfter(source.feed, claimed)
  const found = { personal: false, apart: false }
  let done = 0
  const report = () => notify(onProgress, { phase: 'copy', done, total: Math.max(expected, done) })
  report()
  await concurrently(RANGES_AT_ONCE, claimed, async (place, failed) => {
    const stop = AbortSignal.any([signal, failed])
    for (;;) {
      stop.throwIfAborted()
      const page = await readPage(source.feed, place.range, place.from, stop)
      if ('parts' in page) {
        const parts = await place.cut(page.parts)
        places.delete(`${place.range.min}-${place.range.max}`)
        parts.forEach(keep)
        return parts
      }
      await copyPage(source, { target, splitAppends }, page.events, stop)
      await place.advance(page)
      done += page.events.length
      for (const { event } of page.events) {
        found.personal ||= Object.hasOwn(event.eventData, SEALED)
        found.apart ||= Object.hasOwn(event.eventData, APART)
      }
      report()
      if (page.caughtUp) return []
    }
  })
  const behind = await eventsAfter(source.feed, [...places.values()])
  return { events: done, ranges: places.size, behind, ...found }
}
