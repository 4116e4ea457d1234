import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import type { HashInterval } from '../../../core/hash-interval.ts'

/**
 * The SDK's continuation token of one interval and one ETag. The SDK has no way to ask for a part of a physical
 * partition but to give it a token; it then adds the headers that restrict the answer to the interval.
 */
export const intervalToken = (rid: string, { min, max }: HashInterval, etag: string): string =>
  JSON.stringify({ rid, Continuation: [{ minInclusive: min, maxExclusive: max, continuationToken: etag }] })

/** The SDK's continuation token of one logical partition. */
export const partitionKeyToken = (rid: string, partitionKey: string, etag: string): string =>
  JSON.stringify({ rid, partitionKey: [partitionKey], Continuation: etag })

/** One interval of a token, and how far it was read; the ETag is empty where the server sent none. */
export type TokenPart = HashInterval & { readonly etag: string }

/**
 * The intervals in a token that the SDK answers: several when it went on with the parts of what was split.
 *
 * @throws UnsupportedStorage when the token does not have the shape that this was written for
 */
export function partsOfToken(token: unknown): readonly TokenPart[] {
  try {
    const { Continuation } = JSON.parse(String(token))
    const parts = (Continuation as readonly Record<string, unknown>[]).map((part) => {
      const { minInclusive: min, maxExclusive: max, continuationToken: etag = '' } = part
      if (typeof min !== 'string' || typeof max !== 'string' || typeof etag !== 'string') throw new TypeError()
      return { min, max, etag }
    })
    if (parts.length === 0) throw new TypeError()
    return parts
  } catch (cause) {
    throw new UnsupportedStorage('This version of @azure/cosmos has continuation tokens of another shape', { cause })
  }
}
