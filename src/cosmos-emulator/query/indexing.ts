import { badRequest } from '../engine/errors.ts'
import { pathOf, type Query } from './language/ast.ts'

/** What a container's indexing policy says, as far as queries depend on it. */
export type IndexingPolicy = {
  readonly indexingMode?: string
  readonly includedPaths?: readonly { readonly path: string }[]
  readonly excludedPaths?: readonly { readonly path: string }[]
  readonly compositeIndexes?: readonly (readonly { readonly path: string; readonly order?: string }[])[]
}

const NO_COMPOSITE = 'The order by query does not have a corresponding composite index that it can be served from.'
const EXCLUDED = 'The index path corresponding to the specified order-by item is excluded.'
const NO_PATH = 'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.'

type Part = string | number

/**
 * Checks that an index serves the order that a query asks for: of one property, a range index; of several, a composite
 * index with just these, in these directions or all reversed.
 *
 * @throws CosmosError 400, as the service refuses such a query
 * @see https://learn.microsoft.com/azure/cosmos-db/index-policy
 */
export function assertIndexed({ orderBy }: Query, policy: IndexingPolicy): void {
  const sorts = orderBy.map(({ value, descending }) => ({ path: pathOf(value)?.slice(1), descending }))
  if (sorts.length === 0) return
  for (const { path } of sorts) {
    if (path === undefined || path.length === 0) throw badRequest(NO_PATH)
  }
  if (sorts.length === 1) {
    if (!isIndexed(sorts[0]?.path ?? [], policy)) throw badRequest(EXCLUDED)
    return
  }
  const serves = (policy.compositeIndexes ?? []).some((index) => {
    if (index.length !== sorts.length) return false
    const directions = index.map(({ path, order }, i) => {
      const sort = sorts[i]
      if (sort?.path === undefined || !isSamePath(partsOf(path), sort.path)) return undefined
      return (order === 'descending') === sort.descending
    })
    return directions.every((same) => same === true) || directions.every((same) => same === false)
  })
  if (!serves) throw badRequest(NO_COMPOSITE)
}

/** Whether a path is in the range index. The more exact of an included and an excluded path decides. */
export function isIndexed(
  path: readonly (string | number)[],
  { indexingMode, includedPaths, excludedPaths }: IndexingPolicy,
): boolean {
  if (indexingMode?.toLowerCase() === 'none') return false
  if (path.length === 1 && (path[0] === 'id' || path[0] === '_ts')) return true
  const included = precisionOf(path, includedPaths ?? [{ path: '/*' }])
  return included >= 0 && included > precisionOf(path, excludedPaths ?? [])
}

/**
 * Whether documents that lack the property are left out of an order by it: the index of `/*` does not hold them, that of
 * a path that the policy names does.
 *
 * @see https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by
 */
export function leavesOutUndefined({ orderBy }: Query, { includedPaths }: IndexingPolicy): boolean {
  const [sort] = orderBy
  if (sort === undefined || orderBy.length > 1) return false
  const named = (includedPaths ?? []).filter(({ path }) => path !== '/*' && path !== '/')
  return precisionOf(pathOf(sort.value)?.slice(1) ?? [], named) < 0
}

// How exactly the best of these paths fits: -1 not at all, one more for `/?` than for `/*` at the same depth.
function precisionOf(path: readonly Part[], candidates: readonly { readonly path: string }[]): number {
  let best = -1
  for (const candidate of candidates) {
    const parts = partsOf(candidate.path)
    // Older clients write `/` for `/*`.
    const end = parts.at(-1) || '*'
    const fixed = end === '*' || end === '?' ? parts.slice(0, -1) : parts
    const fits = end === '*' ? fixed.length <= path.length : fixed.length === path.length
    if (fits && isSamePath(fixed, path.slice(0, fixed.length))) {
      best = Math.max(best, fixed.length * 2 + (end === '*' ? 0 : 1))
    }
  }
  return best
}

function isSamePath(parts: readonly string[], path: readonly Part[]): boolean {
  return (
    parts.length === path.length &&
    parts.every((part, i) => part === path[i] || (part === '[]' && typeof path[i] === 'number'))
  )
}

function partsOf(path: string): string[] {
  return Array.from(path.matchAll(/\/(?:"((?:[^"\\]|\\.)*)"|([^/]*))/g), ([, quoted, plain]) => quoted ?? plain ?? '')
}
