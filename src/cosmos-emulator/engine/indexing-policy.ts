import { badRequest, notEmulated } from './errors.ts'
import type { CosmosError } from './types.ts'

/** Kept and answered as it was given; only queries and charges depend on it. */
export type IndexingPolicy = object

const DEFAULT: IndexingPolicy = {
  indexingMode: 'consistent',
  automatic: true,
  includedPaths: [{ path: '/*' }],
  excludedPaths: [{ path: '/"_etag"/?' }],
}

type Sent = { readonly [member: string]: unknown }

/**
 * The indexing policy that a client sent, or the service's own when it sent none. Indexing that is not automatic and
 * consistent would change answers and is not emulated, so it is refused rather than passed over.
 *
 * @throws CosmosError 400 when it is not valid, 501 when it is not emulated
 */
export function indexingPolicyOf(sent: unknown): IndexingPolicy {
  if (sent === undefined || sent === null) return DEFAULT
  if (typeof sent !== 'object' || Array.isArray(sent)) throw invalid()
  const { automatic = true, indexingMode = 'consistent', includedPaths, excludedPaths, compositeIndexes } = sent as Sent
  if (!isList(includedPaths, isPath) || !isList(excludedPaths, isPath)) throw invalid()
  if (!isList(compositeIndexes, (index) => index !== undefined && isList(index, isPath))) throw invalid()
  if (automatic !== true || String(indexingMode).toLowerCase() !== 'consistent') {
    throw notEmulated('Indexing other than automatic and consistent is')
  }
  return sent
}

function isList(value: unknown, isElement: (element: unknown) => boolean): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isElement))
}

function isPath(value: unknown): boolean {
  const path = (value as Sent | null)?.path
  return typeof path === 'string' && path.startsWith('/')
}

function invalid(): CosmosError {
  return badRequest('The indexing policy is invalid.')
}
