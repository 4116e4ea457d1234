import type { PagePlace } from '../../../core/adapters/page-token.ts'
import type { ViewSelection } from '../../../core/adapters/view-selection.ts'
import { type DocumentFilter, isOfType, SCALARS } from '../conditions.ts'

/** A query that one index serves, in its order and without a sort. */
export type Search = {
  /** 0, or 1 for the views that come last, by key. */
  readonly part: 0 | 1
  readonly filters: readonly DocumentFilter[]
  readonly sort: Readonly<Record<string, 1 | -1>>
}

/**
 * The searches that find, one after the other, what lies behind the page before, or all there is. By a field, what is no
 * object and no array comes first, in MongoDB's own order: missing or null, numbers, strings, booleans, or the other way
 * round; then the others by key, for a sort would look into arrays.
 */
export function searchesOf({ path, isDescending, after }: ViewSelection): readonly Search[] {
  if (path.length === 0) return [byKey(0, [], after)]
  const field = ['data', ...path].join('.')
  const scalar = isOfType(field, SCALARS)
  const others = byKey(1, [{ $nor: [scalar] }], after)
  if (after?.part === 1) return [others]
  const parts = after === undefined ? [{}] : partsBehind(after, field, isDescending)
  const sort = { [field]: isDescending ? -1 : 1, key: 1 } as const
  return [...parts.map((part): Search => ({ part: 0, filters: [scalar, part], sort })), others]
}

const byKey = (part: Search['part'], filters: readonly DocumentFilter[], place: PagePlace | undefined): Search => ({
  part,
  filters: place?.part === part ? [...filters, { key: { $gt: place.key } }] : filters,
  sort: { key: 1 },
})

const TYPES = ['null', 'number', 'string', 'boolean'] as const
const OF_TYPE = {
  null: { $eq: null },
  number: { $type: 'number' },
  string: { $type: 'string' },
  boolean: { $type: 'bool' },
}

// A comparison only finds values of the same type. Each part is one interval of an index: for several, joined by $or,
// the server would sort everything.
function partsBehind({ value, key }: PagePlace, field: string, isDescending: boolean): DocumentFilter[] {
  const type = TYPES.indexOf(value === null ? 'null' : (typeof value as (typeof TYPES)[number]))
  const later = isDescending ? TYPES.slice(0, type).toReversed() : TYPES.slice(type + 1)
  const same = { [field]: { $eq: value }, key: { $gt: key } }
  const beyond = value === null ? [] : [{ [field]: { [isDescending ? '$lt' : '$gt']: value } }]
  return [same, ...beyond, ...later.map((type) => ({ [field]: OF_TYPE[type] }))]
}
