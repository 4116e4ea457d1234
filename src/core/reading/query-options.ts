import { InvalidQuery } from '../errors/input.ts'
import type { EventQuery } from '../port/event-log.ts'
import type { ViewQuery } from '../port/view-store.ts'

const MOST_VIEWS = 1000

/** How many events a query answers at most. @throws InvalidQuery */
export function eventLimitOf({ limit = Number.POSITIVE_INFINITY }: EventQuery): number {
  if (limit === Number.POSITIVE_INFINITY || (Number.isSafeInteger(limit) && limit >= 1)) return limit
  throw new InvalidQuery('The limit must be a whole number from 1')
}

/** How many views a page of a query holds at most. @throws InvalidQuery */
export function viewLimitOf({ limit = 100 }: ViewQuery): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= MOST_VIEWS) return limit
  throw new InvalidQuery(`The limit must be a whole number from 1 to ${MOST_VIEWS}`)
}

/** A bound of the time of recording, in milliseconds since 1970, where there is one. @throws InvalidQuery */
export function recordedBoundOf(date: Date | undefined): number | undefined {
  if (date !== undefined && Number.isNaN(date.getTime())) throw new InvalidQuery('A time of recording is no date')
  return date?.getTime()
}
