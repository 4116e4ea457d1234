import { InvalidQuery } from '../core/errors/input.ts'

/** Where a query of views goes on: the version that it began with, and the view store's own token. */
export type PageToken = { readonly version: number; readonly after: string }

/** Makes the opaque `next` of a page. */
export const encodePageToken = ({ version, after }: PageToken): string =>
  Buffer.from(JSON.stringify([version, after])).toString('base64url')

/** Reads it back. @throws InvalidQuery when it is none */
export function decodePageToken(token: string): PageToken {
  try {
    const [version, after] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[]
    if (typeof version === 'number' && Number.isSafeInteger(version) && typeof after === 'string') {
      return { version, after }
    }
  } catch (cause) {
    throw new InvalidQuery('after is not the next of a page of views', { cause })
  }
  throw new InvalidQuery('after is not the next of a page of views')
}
