import { InvalidQuery } from '../core/errors/input.ts'

/** Where a query of views resumes: the version that it began with, and the view store's own token. */
export type PageToken = { readonly version: number; readonly after: string }

/** Creates the opaque `next` of a page. */
export const encodePageToken = ({ version, after }: PageToken): string =>
  Buffer.from(JSON.stringify([version, after])).toString('base64url')

/** Parses it. @throws InvalidQuery if it is invalid */
export function decodePageToken(token: string): PageToken {
  try {
    const [version, after] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[]
    if (typeof version === 'number' && Number.isSafeInteger(version) && typeof after === 'string') {
      return { version, after }
    }
  } catch (cause) {
    throw new InvalidQuery('after must be the next of a page of views', { cause })
  }
  throw new InvalidQuery('after must be the next of a page of views')
}
