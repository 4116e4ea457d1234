import type { ViewSelection } from '../../../core/adapters/view-selection.ts'
import { type Fields, fieldSql, RANKS, rankOf, type Sql } from '../conditions.ts'

/** A search for views, and their order. */
export type Step = { readonly where: Sql; readonly orderBy: string }

const ANY: Sql = { text: 'true', values: [] }

/**
 * The searches that find, one after the other, what lies behind the page before, or all there is.
 *
 * @param isIndexed whether there is an index for the field that is ordered by: each search is then one stretch of it,
 *   while without one a single search reads all views only once
 */
export function stepsOf(selection: ViewSelection, fields: Fields, isIndexed: boolean): readonly Step[] {
  const { path, isDescending, after } = selection
  if (path.length === 0) {
    return [{ where: after ? { text: 'key > ?', values: [after.key] } : ANY, orderBy: 'key' }]
  }
  const { rank, value } = fieldSql(fields, path)
  const direction = isDescending ? 'DESC' : 'ASC'
  const orderBy = `${rank} ${direction}, ${value} ${direction}, key`
  // A condition that always holds, without which SQLite would not think of the index.
  if (after === undefined) return [{ where: isIndexed ? { text: `${rank} >= 0`, values: [] } : ANY, orderBy }]

  const past = isDescending ? '<' : '>'
  const [atRank, at] = [rankOf(after.value), typeof after.value === 'string' ? after.value : Number(after.value)]
  if (!isIndexed) {
    const text = `(${rank} ${past} ? OR (${rank} = ? AND (${value} ${past} ? OR (${value} = ? AND key > ?))))`
    return [{ where: { text, values: [atRank, atRank, at, at, after.key] }, orderBy }]
  }
  const steps: Step[] = [
    { where: { text: `${rank} = ? AND ${value} = ? AND key > ?`, values: [atRank, at, after.key] }, orderBy: 'key' },
    {
      where: { text: `${rank} = ? AND ${value} ${past} ?`, values: [atRank, at] },
      orderBy: `${value} ${direction}, key`,
    },
  ]
  if (atRank !== (isDescending ? RANKS.none : RANKS.string)) {
    steps.push({ where: { text: `${rank} ${past} ?`, values: [atRank] }, orderBy })
  }
  return steps
}
