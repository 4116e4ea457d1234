import { badRequest } from '../engine/errors.ts'

/** A path taken apart: that of the documents of container b in database a has the kinds dbs, colls and docs. */
export type ResourcePath = {
  /** The kinds, with a star in the place of every name. */
  readonly pattern: string
  readonly names: readonly string[]
  /** The kind that is asked for, such as `docs`; empty for the account. */
  readonly kind: string
  /** The resource that a signature is made for: the one that is asked for, or whose children are. */
  readonly link: string
}

/**
 * Takes a path apart. A question mark is part of it: the SDK leaves the one of a document's id as it is, and no request
 * has a query.
 *
 * @param isGateway whether ids of documents are read as the service's gateway reads them: decoded once more, and without
 * blanks at their end, so that what the client has signed is something else
 * @throws CosmosError 400 an encoding that is not valid; for a gateway also an id with a tab or a line break
 * @see the column Gateway of CosmosItemIdEncodingTestsBase.cs in https://github.com/Azure/azure-cosmos-dotnet-v3
 */
export function parsePath(path: string, isGateway = false): ResourcePath {
  const decoded = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode)
  const segments = isGateway ? asGatewayReads(decoded) : decoded
  const isChildren = segments.length % 2 === 1
  return {
    pattern: segments.map((segment, i) => (i % 2 === 0 ? segment : '*')).join('/'),
    names: segments.filter((_, i) => i % 2 === 1),
    kind: segments.findLast((_, i) => i % 2 === 0) ?? '',
    link: (isChildren ? segments.slice(0, -1) : segments).join('/'),
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest(`The path segment ${segment} is not encoded as it should be.`)
  }
}

function asGatewayReads(segments: readonly string[]): readonly string[] {
  return segments.map((segment, i) => {
    if (segments[i - 1] !== 'docs' || i % 2 === 0) return segment
    if (/[\t\r\n]/.test(segment)) throw badRequest('The id in the path has a tab or a line break.')
    return decodedAgain(segment).trimEnd()
  })
}

function decodedAgain(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
