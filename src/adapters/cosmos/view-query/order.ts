import { compareTexts } from '../../../core/adapters/compare-events.ts'
import type { PagePlace } from '../../../core/adapters/page-token.ts'
import { orderedValueAt, type ViewSelection } from '../../../core/adapters/view-selection.ts'
import type { ViewDocument } from '../../../core/port/view-store.ts'
import type { Scalar } from '../../../core/reading/filter.ts'

/** What of a selection makes the order of its views. */
export type Order = Pick<ViewSelection, 'path' | 'isDescending'>

/** One after the other, these contain every value exactly once: all views with one value, or all of one type. */
export type Section = { readonly value: null | boolean } | { readonly type: 'number' | 'string' }

const ASCENDING: readonly Section[] = [
  { value: null },
  { value: false },
  { value: true },
  { type: 'number' },
  { type: 'string' },
]

/** The sections of an order, in its direction. */
export function sectionsOf({ path, isDescending }: Order): readonly Section[] {
  if (path.length === 0) return [{ value: null }]
  return isDescending ? ASCENDING.toReversed() : ASCENDING
}

/** Whether a place is in a section. */
export const isIn = (section: Section, { value }: PagePlace): boolean =>
  'type' in section ? typeof value === section.type : value === section.value

/** The place of a view. */
export const placeOf = ({ path }: Order, { key, data }: ViewDocument): PagePlace => ({
  value: path.length === 0 ? null : orderedValueAt(data, path),
  key,
  part: 0,
})

/** Below 0, 0 or above 0 if `a` is before, at or after `b`, which is in the same section. */
export function comparePlaces({ isDescending }: Order, a: PagePlace, b: PagePlace): number {
  const byValue = compareValues(a.value, b.value)
  return (isDescending ? -byValue : byValue) || compareTexts(a.key, b.key)
}

function compareValues(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) : 0
}
