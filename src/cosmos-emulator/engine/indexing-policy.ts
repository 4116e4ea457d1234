import { badRequest, notEmulated } from './errors.ts'
import type { CosmosError } from './types.ts'

/** The indexing policy, completed as the service returns it. Unknown members are kept as they were sent. */
export type IndexingPolicy = {
  readonly indexingMode: 'consistent'
  readonly automatic: true
  readonly includedPaths: readonly IndexedPath[]
  readonly excludedPaths: readonly IndexedPath[]
  readonly compositeIndexes?: readonly (readonly CompositePath[])[]
  readonly [member: string]: unknown
}

type IndexedPath = { readonly path: string; readonly [member: string]: unknown }
type CompositePath = IndexedPath & { readonly order: 'ascending' | 'descending' }

const ROOT: IndexedPath = { path: '/*' }
const ETAG: IndexedPath = { path: '/"_etag"/?' }

type Sent = { readonly [member: string]: unknown }

/**
 * The indexing policy that a client sent, completed with the service's defaults. Indexing that is not automatic and
 * consistent would change results and is not emulated, so it is refused instead of ignored.
 *
 * @throws CosmosError 400 if it is invalid, 501 if it is not emulated
 * @see the tests of `@azure/cosmos`, container.spec, for what is completed
 */
export function indexingPolicyOf(sent: unknown): IndexingPolicy {
  if (typeof (sent ?? {}) !== 'object' || Array.isArray(sent)) throw invalid('It must be an object.')
  const { automatic = true, indexingMode = 'consistent', ...policy } = (sent ?? {}) as Sent
  const { includedPaths: sentIncluded, excludedPaths: sentExcluded, compositeIndexes, ...rest } = policy
  const included = listOf(sentIncluded, 'includedPaths', isPath) as readonly IndexedPath[] | undefined
  const excluded = listOf(sentExcluded, 'excludedPaths', isPath) as readonly IndexedPath[] | undefined
  const composite = listOf(compositeIndexes, 'compositeIndexes', Array.isArray) as readonly unknown[][] | undefined
  if (automatic !== true || String(indexingMode).toLowerCase() !== 'consistent') {
    throw notEmulated('Indexing other than automatic and consistent is')
  }
  const isRootExcluded = excluded?.some(isRoot) === true
  const includedPaths = included ?? (isRootExcluded ? [] : [ROOT])
  if (!isRootExcluded && !includedPaths.some(isRoot)) {
    throw invalid('The path /* must be among includedPaths or excludedPaths.')
  }
  const excludedPaths = [...(excluded ?? [])]
  if (!excludedPaths.some(({ path }) => path === ETAG.path)) excludedPaths.push(ETAG)
  return {
    indexingMode: 'consistent',
    automatic: true,
    includedPaths,
    excludedPaths,
    ...(composite && { compositeIndexes: composite.map((index) => index.map(compositePathOf)) }),
    ...rest,
  }
}

/** Whether a path means the whole document; older clients write `/` for it. */
function isRoot({ path }: IndexedPath): boolean {
  return path === '/*' || path === '/'
}

function compositePathOf(sent: unknown): CompositePath {
  const order = String((sent as Sent | null)?.order ?? 'ascending').toLowerCase()
  if (!isPath(sent)) throw invalid('A path of compositeIndexes is not a path.')
  if (order !== 'ascending' && order !== 'descending') {
    throw invalid(`The order of ${sent.path} in compositeIndexes must be ascending or descending.`)
  }
  return { ...sent, order }
}

function listOf(
  value: unknown,
  name: string,
  isElement: (element: unknown) => boolean,
): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every(isElement)) return value
  throw invalid(`${name} must be a valid list.`)
}

function isPath(value: unknown): value is IndexedPath {
  const path = (value as Sent | null)?.path
  return typeof path === 'string' && path.startsWith('/')
}

function invalid(why: string): CosmosError {
  return badRequest(`The indexing policy is invalid. ${why}`)
}
