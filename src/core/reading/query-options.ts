import { InvalidQuery } from '../errors/input.ts'
import type { EventQuery } from '../port/event-log.ts'
import type { ViewQuery } from '../port/view-store.ts'

const MOST_VIEWS = 1000

/** The maximum number of events, or streams, that a query returns. @throws InvalidQuery */
export function eventLimitOf({ limit = Number.POSITIVE_INFINITY }: Pick<EventQuery, 'limit'>): number {
  if (limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && limit >= 1)) return limit
  throw new InvalidQuery('The limit must be a whole number from 1')
}

/** The maximum number of views in a page of a query. @throws InvalidQuery */
export function viewLimitOf({ limit = 100 }: ViewQuery): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= MOST_VIEWS) return limit
  throw new InvalidQuery(`The limit must be a whole number from 1 to ${MOST_VIEWS}`)
}

/** A bound of the recording time, in milliseconds since 1970, if there is one. @throws InvalidQuery */
export function recordedBoundOf(date: Date | undefined): number | undefined {
  if (date !== undefined && Number.isNaN(date.getTime())) throw new InvalidQuery('A recording time is not a valid Date')
  return date?.getTime()
}
