import { InvalidOption } from '../errors/input.ts'
import type { FeedReadOptions, FeedStart } from '../port/change-feed.ts'
import type { EventLog, ReadOptions } from '../port/event-log.ts'

// Every adapter validates its options here, before any I/O, so that all of them refuse and return the same.

const FEED_LIMIT = 1_000

/**
 * The options of `read` and `load`. `limit: Infinity` is no limit; `limit: 0` reads no events, and `load` then returns
 * only the stream's version.
 *
 * @throws InvalidOption unless `from`, `to` and `limit` are whole numbers from 0, and `direction` is one of the two
 */
export function readOptionsOf(options: ReadOptions = {}): ReadOptions {
  const { from, to, direction, limit, ...rest } = asObject(options)
  if (direction !== undefined && direction !== 'forwards' && direction !== 'backwards') {
    throw new InvalidOption('direction', "'forwards' or 'backwards'", direction)
  }
  return {
    ...rest,
    ...(direction !== undefined && { direction }),
    ...(from !== undefined && { from: wholeNumber('from', from, 0) }),
    ...(to !== undefined && { to: wholeNumber('to', to, 0) }),
    ...(limit !== undefined && limit !== Number.POSITIVE_INFINITY && { limit: wholeNumber('limit', limit, 0) }),
  }
}

/** The maximum number of events in a page of the feed. @throws InvalidOption unless it is a whole number from 1 */
export function feedLimitOf(options: FeedReadOptions = {}): number {
  const { limit = FEED_LIMIT } = asObject(options)
  return wholeNumber('limit', limit, 1)
}

/** Checks where reading of the feed begins. @throws InvalidOption for an invalid Date, or no start at all */
export function assertFeedStart(from: FeedStart): void {
  const isStart = typeof from === 'string' || (from instanceof Date && !Number.isNaN(from.getTime()))
  if (!isStart) throw new InvalidOption('from', "a continuation, 'start', 'now' or a valid Date", from)
}

/**
 * The maximum number of events that a call of `erase` erases, `Infinity` by default. @throws InvalidOption unless
 * whole, from 1
 */
export function eraseLimitOf(options: Parameters<EventLog['erase']>[1] = {}): number {
  const { limit = Number.POSITIVE_INFINITY } = asObject(options)
  return limit === Number.POSITIVE_INFINITY ? limit : wholeNumber('limit', limit, 1)
}

function wholeNumber(option: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new InvalidOption(option, `a whole number from ${least}`, value)
  }
  return value
}

function asObject<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null) throw new InvalidOption('options', 'an object', options)
  return options
}
