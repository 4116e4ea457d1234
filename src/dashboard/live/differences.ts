/** Rows by key. */
export type Rows = { readonly [key: string]: object }

/** Rows that changed, and null for those that went. */
export type RowChanges = { readonly [key: string]: object | null }

/** What changed from one table to another; undefined if nothing did. */
export function differences(before: Rows, after: Rows): RowChanges | undefined {
  const changes: { [key: string]: object | null } = {}
  let isChanged = false
  const note = (key: string, row: object | null) => {
    changes[key] = row
    isChanged = true
  }
  for (const key in after) {
    const row = after[key]
    if (row !== undefined && (!Object.hasOwn(before, key) || !isSame(before[key], row))) note(key, row)
  }
  for (const key in before) if (!Object.hasOwn(after, key)) note(key, null)
  return isChanged ? changes : undefined
}

/** Whether two JSON values are the same. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a as Rows, b as Rows]
  let size = 0
  for (const key in left) {
    if (!Object.hasOwn(right, key) || !isSame(left[key], right[key])) return false
    size++
  }
  return Object.keys(right).length === size
}
