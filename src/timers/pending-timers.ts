import { uuidV7 } from '../core/append/uuid.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { InvalidOption } from '../core/errors/input.ts'
import type { Filter } from '../core/reading/filter.ts'
import { cancelTimer } from './cancel-timer.ts'
import { isDueAt, type TimerStorage } from './pending/due-timers.ts'
import { entryIn, TIMERS, TIMERS_VERSION } from './pending/pending-index.ts'
import { OVERDUE_AFTER } from './pending/timer-gauges.ts'
import { assertTimerKey, type TimerRef } from './timer.ts'

/** A pending timer in a list. */
export type TimerSummary = TimerRef & {
  /** When it is due: ISO 8601 in UTC. */
  readonly at: string
  /**
   * `pending` until then; `due` for up to a minute; then `overdue`: no processor with a reaction that has timers runs, or
   * it cannot keep up.
   */
  readonly state: 'pending' | 'due' | 'overdue'
}

/** Which timers are listed. */
export type TimersQuery = {
  /** Only those of this reaction. */
  readonly reaction?: string
  /** Only those of this name. */
  readonly timer?: string
  /** Only those that are due. */
  readonly due?: boolean
  /** The maximum number of timers, 1 to 1,000; default 100. */
  readonly limit?: number
  /** The `next` of the page before, of the same query. */
  readonly after?: string
}

/** A page of timers, and the `after` for the next one, if there is one. */
export type TimersPage = { readonly items: readonly TimerSummary[]; readonly next?: string }

/** How many timers there are. */
export type TimersStatus = {
  /** All that have not fired, including those that are due. */
  readonly pending: number
  /** Those that are due, including those that are overdue. */
  readonly due: number
  /** Those that have been due for more than a minute. */
  readonly overdue: number
  /** When the first of them is due: ISO 8601 in UTC; null without any. */
  readonly next: string | null
}

/** The timers of a storage that have not fired, from outside of the handlers that schedule them. */
export type PendingTimers = {
  /**
   * Lists timers in the order in which they are due. It shows what the workers have read of the feed: usually
   * everything up to some milliseconds ago.
   *
   * @throws InvalidQuery
   */
  list(query?: TimersQuery): Promise<TimersPage>
  /** Counts timers; the database does, without loading them. */
  status(): Promise<TimersStatus>
  /**
   * Cancels a timer, unless it fires first.
   *
   * @returns whether it was pending: it does not fire then, unless it is scheduled again
   * @throws InvalidOption for an invalid key; what an append throws
   */
  cancel(timer: TimerRef): Promise<boolean>
}

/** The pending timers of a storage. */
export function pendingTimers(
  storage: TimerStorage,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): PendingTimers {
  const { viewStore } = storage
  const which = { projection: TIMERS, version: TIMERS_VERSION }
  const ordered = (query: Pick<TimersQuery, 'limit' | 'after'>, where: Filter) =>
    viewStore.query({ ...which, ...query, where, orderBy: { field: 'at' } })

  return {
    async list({ reaction, timer, due = false, ...page } = {}) {
      const now = clock.now()
      const where: Filter = {
        ...(reaction !== undefined && { reaction }),
        ...(timer !== undefined && { timer }),
        ...(due && isDueAt(now)),
      }
      const { views, next } = await ordered(page, where)
      const items = views.map((view): TimerSummary => {
        const { reaction, timer, key, at } = entryIn(view)
        const late = now - Date.parse(at)
        return { reaction, timer, key, at, state: late > OVERDUE_AFTER ? 'overdue' : late >= 0 ? 'due' : 'pending' }
      })
      return { items, ...(next !== undefined && { next }) }
    },
    async status() {
      const now = clock.now()
      const [pending, due, overdue, { views }] = await Promise.all([
        viewStore.count(which),
        viewStore.count({ ...which, where: isDueAt(now) }),
        viewStore.count({ ...which, where: isDueAt(now - OVERDUE_AFTER) }),
        ordered({ limit: 1 }, {}),
      ])
      return { pending, due, overdue, next: views[0] ? entryIn(views[0]).at : null }
    },
    cancel({ reaction, timer, key }) {
      for (const [option, value] of Object.entries({ reaction, timer })) {
        if (typeof value !== 'string' || value === '') throw new InvalidOption(option, 'a name', value)
      }
      assertTimerKey(key)
      return cancelTimer(storage, { reaction, timer, key }, { eventId: uuidV7(clock.now()) })
    },
  }
}
