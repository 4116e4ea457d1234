import type { EventDocument } from '../port/event-document.ts'
import type { ReadOptions } from '../port/event-log.ts'

/**
 * What to ask for after a full page of a stream, in either direction, or undefined when the limit is used up or the
 * first version was reached. Every reader that pages goes on by it.
 *
 * @param options what the page was asked for with, its limit counting all pages
 * @param page the page's events, at least one
 */
export function followingPage(options: ReadOptions, page: readonly EventDocument[]): ReadOptions | undefined {
  const last = (page.at(-1) as EventDocument).stream.version
  const limit = options.limit === undefined ? undefined : options.limit - page.length
  const from = options.direction === 'backwards' ? last - 1 : last + 1
  if (limit === 0 || from === 0) return undefined
  return { ...options, from, ...(limit !== undefined && { limit }) }
}
