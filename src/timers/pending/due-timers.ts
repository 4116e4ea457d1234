import { concurrently } from '../../core/async/concurrently.ts'
import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument, ViewQuery } from '../../core/port/view-store.ts'
import type { Filter } from '../../core/reading/filter.ts'
import { fireTimer } from '../fire-timer.ts'
import { entryIn, removeEntry, saveEntry, TIMERS, TIMERS_VERSION } from './pending-index.ts'
import { filtersOf } from './range-filters.ts'

export type TimerStorage = Pick<StoragePort, 'events' | 'writerSeal' | 'viewStore' | 'incarnation'>

/** The result of firing what is due. */
export type Fired = {
  /** How many fired. */
  readonly fired: number
  /** When the next one is due, in milliseconds since 1970; Infinity if there is none. */
  readonly next: number
  /** What kept others from firing; they are still due. */
  readonly failures: readonly unknown[]
}

// Timers read at once, and fired at once.
const PAGE = 200
const AT_ONCE = 16

/** Pending timers in the order in which they are due. */
const IN_ORDER = { projection: TIMERS, version: TIMERS_VERSION, orderBy: { field: 'at' } } satisfies ViewQuery

/** The filter for timers that are due. */
export const isDueAt = (now: number): Filter => ({ at: { lte: new Date(now).toISOString() } })

/**
 * Fires the timers of some feed ranges that are due. A failure of one timer does not keep the others from firing.
 *
 * @param signal ends it early
 */
export async function fireDue(
  storage: TimerStorage,
  clock: Pick<Clock, 'now'>,
  ranges: readonly FeedRange[],
  signal: AbortSignal,
): Promise<Fired> {
  let fired = 0
  let next = Number.POSITIVE_INFINITY
  const failures: unknown[] = []
  for (const within of filtersOf(ranges)) {
    const first = await firstOf(storage, within)
    if (first > clock.now()) {
      next = Math.min(next, first)
      continue
    }
    for await (const due of dueTimers(storage, clock.now(), within)) {
      await concurrently(AT_ONCE, due, async (stored) => {
        if (signal.aborted) return undefined
        try {
          if (await fireOne(storage, clock, stored)) fired++
        } catch (error) {
          failures.push(error)
        }
        return undefined
      })
      if (signal.aborted) return { fired, next: Number.NEGATIVE_INFINITY, failures }
    }
    next = Math.min(next, await firstOf(storage, within))
  }
  return { fired, next, failures }
}

async function* dueTimers({ viewStore }: TimerStorage, now: number, within: Filter) {
  for (let after: string | undefined; ; ) {
    const where = { ...isDueAt(now), ...within }
    const page = await viewStore.query({ ...IN_ORDER, where, limit: PAGE, ...(after !== undefined && { after }) })
    yield page.views
    after = page.next
    if (after === undefined) return
  }
}

async function firstOf({ viewStore }: TimerStorage, where: Filter): Promise<number> {
  const { views } = await viewStore.query({ ...IN_ORDER, where, limit: 1 })
  return views[0] ? Date.parse(entryIn(views[0]).at) : Number.POSITIVE_INFINITY
}

/** @returns whether it fired */
async function fireOne(
  storage: TimerStorage,
  clock: Pick<Clock, 'now'>,
  stored: Stored<ViewDocument>,
): Promise<boolean> {
  const { key: streamId, incarnation } = stored.document
  // The log may have lost the end that an entry of another incarnation is about.
  const atLeast = incarnation === storage.incarnation ? entryIn(stored).version : 0
  const firing = await fireTimer(storage, clock, streamId, atLeast)
  if (firing.kind !== 'later') {
    await removeEntry(storage, stored)
    return firing.kind === 'fired'
  }
  // It was moved, and the index does not say so yet, or a late page brought back what it said before.
  const { timer, version } = firing
  const { reaction, timer: name, key, at } = timer
  const entry = { reaction, timer: name, key, at, hash: entryIn(stored).hash, version }
  await saveEntry(storage, streamId, entry, { ifMatch: stored.etag })
  return false
}
