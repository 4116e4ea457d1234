import { effect } from '@preact/signals'
import { expect, it } from 'vitest'
import { createRows } from '../../../../../../src/dashboard/ui/live/rows.ts'
import { orderedKeys } from '../../../../../../src/dashboard/ui/parts/rows/ordered-keys.ts'

type Row = { readonly rank: number; readonly other: number }

it('keys are in order, without those that are not accepted or filtered out', () => {
  const rows = createRows<Row>()
  rows.replace(1, {
    'a 1': { rank: 3, other: 0 },
    'a 2': { rank: 1, other: 0 },
    'a 3': { rank: 2, other: 9 },
    'b 1': { rank: 0, other: 0 },
  })
  const keys = orderedKeys(rows, {
    accepts: (key) => key.startsWith('a '),
    filter: ({ other }) => other === 0,
    compare: (a, b) => a.rank - b.rank,
  })
  expect(keys.value).toEqual(['a 2', 'a 1'])
})

it('a change of a row that leaves the order as it is reaches nobody who reads the keys', () => {
  const rows = createRows<Row>()
  rows.replace(1, { a: { rank: 1, other: 0 }, b: { rank: 2, other: 0 } })
  const keys = orderedKeys(rows, { compare: (a, b) => a.rank - b.rank })
  const seen: string[] = []
  const stop = effect(() => void seen.push(keys.value.join()))
  rows.patch({ rev: 2, from: 1, set: { a: { rank: 1, other: 5 } } })
  rows.patch({ rev: 3, from: 2, set: { a: { rank: 3, other: 5 } } })
  stop()
  expect(seen).toEqual(['a,b', 'b,a'])
})
