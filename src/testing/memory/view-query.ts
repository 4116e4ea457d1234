import { orderedValueAt, viewSelectionOf } from '../../core/adapters/view-selection.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewCount, ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { type Condition, parseFilter, type Scalar } from '../../core/reading/filter.ts'
import { storedOf } from './documents.ts'
import type { Handle } from './handle.ts'
import { compareValues, matches } from './matches.ts'

/** `ViewStore.query` in memory. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  return async (query) => {
    handle.assertOpen()
    const { conditions, path, isDescending, limit, after, next } = viewSelectionOf(query)
    const sign = isDescending ? -1 : 1
    const placeOf = ({ document: { data, key } }: Stored<ViewDocument>): Place => ({
      value: path.length === 0 ? null : orderedValueAt(data, path),
      key,
    })
    const compare = (a: Place, b: Place) => sign * compareOrderable(a.value, b.value) || compareValues(a.key, b.key)

    return handle.run(() => {
      const rest = selected(handle, query, conditions)
        .filter((view) => after === undefined || compare(placeOf(view), after) > 0)
        .sort((a, b) => compare(placeOf(a), placeOf(b)))
      const views = rest.slice(0, limit)
      const last = views.at(-1)
      return rest.length > limit && last ? { views, next: next({ ...placeOf(last), part: 0 }) } : { views }
    })
  }
}

/** `ViewStore.count` in memory. */
export function viewCounter(handle: Handle): ViewStore['count'] {
  return async (query) => {
    handle.assertOpen()
    const conditions = parseFilter(query.where)
    return handle.run(() => selected(handle, query, conditions).length)
  }
}

function selected(
  { state }: Handle,
  { projection, version }: ViewCount,
  conditions: readonly Condition[],
): Stored<ViewDocument>[] {
  return [...state.views.values()]
    .map((stored) => storedOf<ViewDocument>(stored))
    .filter(({ document }) => document.projection === projection && document.version === version)
    .filter(({ document }) => document.data !== null && matches(document.data, conditions))
}

type Place = { readonly value: Scalar; readonly key: string }

function compareOrderable(a: Scalar, b: Scalar): number {
  const byType = rank(a) - rank(b)
  if (byType !== 0 || a === null || b === null) return byType
  return typeof a === 'boolean' ? Number(a) - Number(b) : compareValues(a, b as string | number)
}

const rank = (value: Scalar): number => ['object', 'boolean', 'number', 'string'].indexOf(typeof value)
