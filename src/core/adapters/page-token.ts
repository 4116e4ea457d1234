import { InvalidQuery } from '../errors/input.ts'
import type { Scalar } from '../reading/filter.ts'

/** Where a page of views ended. */
export type PagePlace = {
  /** What the last view has in the field that is ordered by; null where that has no order. */
  readonly value: Scalar
  readonly key: string
  /** Which part of an adapter's own order the place is in, where its value does not tell. */
  readonly part: number
}

// A token comes from outside. No view has a longer key, and none is longer than a document.
const LONGEST_KEY = 200
const LONGEST_TOKEN = 4 * 1024 * 1024

/** Makes what to give as `after` for the views behind a place. @param query stands for the query that it belongs to */
export const encodePageToken = (query: string, { value, key, part }: PagePlace): string =>
  Buffer.from(JSON.stringify([query, value, key, part])).toString('base64url')

/** The place in a page token. @throws InvalidQuery when it is none of this query */
export function decodePageToken(query: string, token: string): PagePlace {
  const [of, value, key, part] = partsOf(token)
  const isPlace = isScalar(value) && typeof key === 'string' && key.length <= LONGEST_KEY
  if (of !== query || !isPlace || typeof part !== 'number') {
    throw new InvalidQuery('after is not the next of a page of this query')
  }
  return { value, key, part }
}

function partsOf(token: string): readonly unknown[] {
  try {
    const parts: unknown = token.length <= LONGEST_TOKEN && JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : []
  } catch (cause) {
    throw new InvalidQuery('after must be the next of a page of views', { cause })
  }
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
