import type { EventDocument } from '../port/event-document.ts'
import type { ReadOptions } from '../port/event-log.ts'

/**
 * What to request after a full page of a stream, in either direction, or undefined if the limit is used up or the first
 * version was reached. Every reader that pages uses it.
 *
 * @param options the options of the previous request, its limit counting all pages
 * @param page the page's events, at least one
 */
export function followingPage(options: ReadOptions, page: readonly EventDocument[]): ReadOptions | undefined {
  const last = (page.at(-1) as EventDocument).stream.version
  const limit = options.limit === undefined ? undefined : options.limit - page.length
  const from = options.direction === 'backwards' ? last - 1 : last + 1
  if (limit === 0 || from === 0) return undefined
  return { ...options, from, ...(limit !== undefined && { limit }) }
}
