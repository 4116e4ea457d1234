import { InvalidPrecondition } from './errors.ts'

/** The headers of a request as node:http and fastify provide them: names in lower case, repeated lines joined. */
export type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined }

/** The value of a header; values of several lines are joined to a list. */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

/** One entity tag of a list. */
export type EntityTag = { readonly weak: boolean; readonly opaque: string }

// RFC 9110, 8.8.3: any visible character but the quotation mark.
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y

// More than any client has seen of one resource.
const MOST_TAGS = 100

/**
 * Parses the value of `If-Match` or `If-None-Match`: `*`, or a list of entity tags. Empty elements of a list are
 * ignored, as RFC 9110 (5.6.1) asks.
 *
 * @returns undefined where the request has no such header
 * @throws InvalidPrecondition
 */
export function entityTagsOf(headers: RequestHeaders, name: string): '*' | readonly EntityTag[] | undefined {
  const header = headerOf(headers, name)
  if (header === undefined) return undefined
  if (header.trim() === '*') return '*'
  const tags = parseEntityTags(header)
  if (tags === undefined || tags.length === 0) {
    throw new InvalidPrecondition(name, 'an asterisk or a list of entity tags, such as "3"')
  }
  if (tags.length > MOST_TAGS) throw new InvalidPrecondition(name, `a list of at most ${MOST_TAGS} entity tags`)
  return tags
}

function parseEntityTags(header: string): EntityTag[] | undefined {
  const tags: EntityTag[] = []
  let at = 0
  const skipSpace = () => {
    while (header[at] === ' ' || header[at] === '\t') at++
  }
  for (;;) {
    skipSpace()
    if (at < header.length && header[at] !== ',') {
      TAG.lastIndex = at
      const found = TAG.exec(header)
      if (found === null) return undefined
      tags.push({ weak: found[1] !== undefined, opaque: found[2] ?? '' })
      at = TAG.lastIndex
      skipSpace()
    }
    if (at === header.length) return tags
    if (header[at] !== ',') return undefined
    at++
  }
}
