import { expect, it } from 'vitest'
import { cut, tableOf } from '../../../src/cli/support/table.ts'

it('aligns columns by what is shown of a cell', () => {
  const rows = [
    { key: 'a\u001b[2K', count: 7 },
    { key: 'b', count: 1_000 },
  ]
  expect(tableOf(rows, { key: (row) => row.key, count: (row) => row.count })).toEqual([
    'KEY         COUNT',
    'a\\u001b[2K      7',
    'b           1,000',
  ])
})

it('cuts what is too long, but not within a character', () => {
  expect(cut('abcdef', 6)).toBe('abcdef')
  expect(cut('abcdef', 5)).toBe('abcd…')
  expect(cut('abc👍d', 5)).toBe('abc…')
  expect(cut('ab👍cd', 5)).toBe('ab👍…')
})
