import type { HashInterval } from '../../../core/positions/hash-interval.ts'

/** How far the changes of a part of the leases container were read. */
export type LeasePlace = HashInterval & { readonly etag: string }

/** Places that together cover the container, as a text. */
export const encodeLeasePlaces = (places: readonly LeasePlace[]): string =>
  Buffer.from(JSON.stringify(places.map(({ min, max, etag }) => [min, max, etag]))).toString('base64url')

/** The places in a text, or undefined if it is invalid. */
export function decodeLeasePlaces(text: string): readonly LeasePlace[] | undefined {
  let rows: unknown
  try {
    rows = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
  if (!Array.isArray(rows) || rows.length === 0) return undefined
  const places = rows.flatMap(toPlace)
  return places.length === rows.length ? places : undefined
}

const HASH = /^[0-9A-F]{0,64}$/
const ETAG = /^[\x21-\x7e]{0,100}$/

function toPlace(row: unknown): LeasePlace[] {
  const [min, max, etag] = Array.isArray(row) ? (row as unknown[]) : []
  if (typeof min !== 'string' || typeof max !== 'string' || typeof etag !== 'string') return []
  return HASH.test(min) && HASH.test(max) && min < max && ETAG.test(etag) ? [{ min, max, etag }] : []
}
