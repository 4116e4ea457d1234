import { computed, type ReadonlySignal } from '@preact/signals'
import type { Rows } from '../../live/rows.ts'

type Order<Row> = {
  /** Which keys are meant at all. */
  readonly accepts?: (key: string) => boolean
  /** Only these rows. */
  readonly filter?: (row: Row) => boolean
  readonly compare: (a: Row, b: Row) => number
}

/** The keys of rows in order. It is the same array until their order changes, so that a change of a row draws only that row. */
export function orderedKeys<Row>(rows: Rows<Row>, order: Order<Row>): ReadonlySignal<readonly string[]> {
  const { accepts = () => true, filter = () => true, compare } = order
  let last: readonly string[] = []
  return computed(() => {
    const found = rows.keys.value.filter(accepts).flatMap((key) => {
      const row = rows.row(key).value
      return row !== undefined && filter(row) ? [{ key, row }] : []
    })
    const keys = found.sort((a, b) => compare(a.row, b.row)).map(({ key }) => key)
    if (keys.length !== last.length || keys.some((key, i) => key !== last[i])) last = keys
    return last
  })
}
