import { concurrently } from '../../core/async/concurrently.ts'
import type { FeedEvent } from '../../core/port/change-feed.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { SaveCondition, Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { isTimerStream, type TimerRef } from '../timer.ts'
import { pendingIn } from '../timer-events.ts'

/** The reserved projection whose views are the pending timers, and the name of the leases of what maintains it. */
export const TIMERS = '$timers'

/** Its only version. */
export const TIMERS_VERSION = 1

/** What the index says of a timer. It may be old: the timer's stream decides. */
export type PendingEntry = TimerRef & {
  /** When it is due: ISO 8601 in UTC. */
  readonly at: string
  /** Where its stream is in the hash space of the feed. */
  readonly hash: string
  /** The version of its stream that this is about. */
  readonly version: number
}

export type IndexStorage = Pick<StoragePort, 'viewStore' | 'incarnation'>

// Entries read and saved at once.
const MANY = 500
const AT_ONCE = 32

/** The entry in a stored document. */
export const entryIn = ({ document }: Stored<ViewDocument>): PendingEntry => document.data as unknown as PendingEntry

/**
 * Brings the index up to date with events of the feed. An entry is never replaced by an older one, so that a page that
 * comes late, or again, takes nothing away from it; at worst it adds a timer that is no longer pending, which is
 * noticed when that is due.
 *
 * @returns when the first of the timers that the events left pending is due, in milliseconds since 1970; Infinity
 *   without any
 */
export async function indexTimers(storage: IndexStorage, events: readonly FeedEvent[]): Promise<number> {
  const last = new Map<string, FeedEvent>()
  for (const event of events) if (isTimerStream(event.event.stream.id)) last.set(event.event.stream.id, event)
  const changed = [...last.values()]
  let first = Number.POSITIVE_INFINITY
  for (let at = 0; at < changed.length; at += MANY) {
    const some = changed.slice(at, at + MANY)
    const keys = some.map(({ event }) => event.stream.id)
    const found = await storage.viewStore.getMany(TIMERS, TIMERS_VERSION, keys)
    await concurrently(AT_ONCE, some, async ({ event, position }) => {
      const entry = entryOf(event, position.hash)
      if (entry) first = Math.min(first, Date.parse(entry.at))
      await replaceEntry(storage, event, entry, found.get(event.stream.id))
      return undefined
    })
  }
  return first
}

function entryOf(event: EventDocument, hash: string): PendingEntry | undefined {
  const timer = pendingIn(event)
  if (timer === undefined) return undefined
  const { reaction, timer: name, key, at } = timer
  return { reaction, timer: name, key, at, hash, version: event.stream.version }
}

/** Saves or removes the entry of a timer, until it is at least as new as the event. */
async function replaceEntry(
  storage: IndexStorage,
  { stream }: EventDocument,
  entry: PendingEntry | undefined,
  known: Stored<ViewDocument> | undefined,
): Promise<void> {
  for (let found = known; ; ) {
    if (found && found.document.incarnation === storage.incarnation && entryIn(found).version >= stream.version) return
    if (entry === undefined && found === undefined) return
    const isDone = entry
      ? await saveEntry(storage, stream.id, entry, found ? { ifMatch: found.etag } : 'ifAbsent')
      : await removeEntry(storage, found as Stored<ViewDocument>)
    if (isDone) return
    found = await storage.viewStore.get({ projection: TIMERS, version: TIMERS_VERSION, key: stream.id })
  }
}

/** @returns whether the condition held */
export async function saveEntry(
  { viewStore, incarnation }: IndexStorage,
  streamId: string,
  entry: PendingEntry,
  condition: SaveCondition,
): Promise<boolean> {
  const ref = { projection: TIMERS, version: TIMERS_VERSION, key: streamId }
  const document: ViewDocument = { ...ref, id: viewId(ref), data: { ...entry }, incarnation, tidemarks: [] }
  return (await viewStore.save(document, condition)).saved
}

/** @returns whether it was still the one that was read */
export const removeEntry = ({ viewStore }: IndexStorage, { document, etag }: Stored<ViewDocument>): Promise<boolean> =>
  viewStore.remove(document, etag)
