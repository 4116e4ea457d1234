import { defineAggregate } from '../../aggregates/aggregate.ts'
import type { NewEventOf } from '../../core/events/types.ts'
import { isoTime } from '../../core/iso-time.ts'
import { type MinuteWatched, watchEvents } from './activity-events.ts'

/** The last time of a day that was watched, by any process: ISO 8601 in UTC, or empty. */
export type WatchRecord = { readonly until: string }

type Decided = readonly NewEventOf<typeof watchEvents>[]

const initial: WatchRecord = { until: '' }
const later = (a: string, b: string): string => (a > b ? a : b)

/** A day of watching: one stream, with at most one event a minute, however many processes watch. */
export const watchAggregate = defineAggregate({
  category: 'watch',
  events: watchEvents,
  initial,
  evolve: {
    MinuteWatched: ({ until }, { data }) => ({ until: later(until, data.at) }),
    EvaluationGap: ({ until }, { data }) => ({ until: later(until, data.lost > 0 ? '' : data.to) }),
  },
})

/** Records a minute, unless another process has. */
export const watched =
  (minute: MinuteWatched) =>
  ({ until }: WatchRecord): Decided =>
    minuteOf(until) >= minuteOf(minute.at) ? [] : [watchEvents.create('MinuteWatched', minute)]

/** Records that nothing was watched, as far as no other process did. @param least the shortest gap, in milliseconds */
export const unwatched =
  ({ from, to }: { readonly from: number; readonly to: number }, least: number) =>
  ({ until }: WatchRecord): Decided => {
    const since = until === '' ? from : Math.max(from, Date.parse(until))
    if (to - since < least) return []
    return [watchEvents.create('EvaluationGap', { at: isoTime(to), from: isoTime(since), to: isoTime(to), lost: 0 })]
  }

/** Records how many changes were lost because they could not be stored. */
export const lostChanges =
  ({ from, to, count }: { readonly from: number; readonly to: number; readonly count: number }, at: number) =>
  (): Decided => [
    watchEvents.create('EvaluationGap', { at: isoTime(at), from: isoTime(from), to: isoTime(to), lost: count }),
  ]
const minuteOf = (time: string): string => time.slice(0, 16)
