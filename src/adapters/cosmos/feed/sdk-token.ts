import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import { type HashInterval, sameInterval } from '../../../core/hash-interval.ts'

/**
 * The SDK's continuation token of one interval and one ETag. The SDK has no way to ask for a part of a physical
 * partition but to give it a token; it then adds the headers that restrict the answer to the interval.
 */
export const intervalToken = (rid: string, { min, max }: HashInterval, etag: string): string =>
  JSON.stringify({ rid, Continuation: [{ minInclusive: min, maxExclusive: max, continuationToken: etag }] })

/** The SDK's continuation token of one logical partition. */
export const partitionKeyToken = (rid: string, partitionKey: string, etag: string): string =>
  JSON.stringify({ rid, partitionKey: [partitionKey], Continuation: etag })

/**
 * The ETag in a token that the SDK answers for an interval; empty where the server sent none.
 *
 * @returns undefined when the SDK went on with several intervals: the partition beneath was split
 * @throws UnsupportedStorage when the token does not have the shape that this was written for
 */
export function etagInToken(token: unknown, interval: HashInterval): string | undefined {
  const parts = partsOf(token)
  const [part] = parts
  if (part === undefined || parts.length > 1) return undefined
  return sameInterval(part, interval) ? part.etag : undefined
}

function partsOf(token: unknown): readonly (HashInterval & { readonly etag: string })[] {
  try {
    const { Continuation } = JSON.parse(String(token))
    return (Continuation as readonly Record<string, unknown>[]).map((part) => {
      const { minInclusive: min, maxExclusive: max, continuationToken: etag = '' } = part
      if (typeof min !== 'string' || typeof max !== 'string' || typeof etag !== 'string') throw new TypeError()
      return { min, max, etag }
    })
  } catch (cause) {
    throw new UnsupportedStorage('This version of @azure/cosmos has continuation tokens of another shape', { cause })
  }
}
