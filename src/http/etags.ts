import type { JsonObject } from '../core/json/json.ts'
import { jsonDigest } from '../core/json/json-digest.ts'
import { parseStreamId } from '../core/stream-id.ts'
import { entityTagsOf, type RequestHeaders } from './request-headers.ts'

/**
 * The ETag of an aggregate: the version of its stream, `"3"`. An aggregate with periods has one stream for each of
 * them, so its ETag includes the period: `"2026:3"`. Pass the result of a repository's `load` or `execute`.
 *
 * @throws InvalidStreamId
 */
export function etagOf({ streamId, version }: { readonly streamId: string; readonly version: number }): string {
  return `"${prefixOf(parseStreamId(streamId).period)}${version}"`
}

/** The part of an ETag before the version. It is encoded, because a period may contain characters that a header cannot. */
export const prefixOf = (period: string | undefined): string =>
  period === undefined ? '' : `${encodeURIComponent(period)}:`

/**
 * The ETag of a view, computed from its content: it changes exactly when what readers see changes, even across a
 * rebuild. Event streams send the same ETag for the same view.
 */
export const viewETag = (view: JsonObject): string => `"${jsonDigest(view)}"`

/**
 * Whether a GET can be answered with 304, because its `If-None-Match` holds the ETag of what would be sent.
 *
 * @throws InvalidPrecondition for a malformed header
 */
export function isNotModified(headers: RequestHeaders, etag: string): boolean {
  const tags = entityTagsOf(headers, 'if-none-match')
  if (tags === undefined) return false
  // The weak comparison of RFC 9110 (13.1.2): a proxy that compresses a response makes its tag a weak one.
  return tags === '*' || tags.some(({ opaque }) => etag === `"${opaque}"`)
}
