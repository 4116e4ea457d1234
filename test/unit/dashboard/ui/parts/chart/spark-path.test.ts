import { expect, test } from 'vitest'
import { sparkPath, thin } from '../../../../../../src/dashboard/ui/parts/chart/spark-path.ts'

test('a line goes from the bottom at 0 to the top at the highest value', () => {
  expect(sparkPath([0, 5, 10], 100, 20)).toBe('M0 20L50 10L100 0')
})

test('an unknown value is a gap, and a lone value a dot', () => {
  expect(sparkPath([1, 1, null, 1, null], 100, 20)).toBe('M0 0L25 0M75 0h0')
})

test('without known values there is no line', () => {
  expect(sparkPath([null, null], 100, 20)).toBe('')
})

test('values that are all 0 lie at the bottom', () => {
  expect(sparkPath([0, 0], 100, 20)).toBe('M0 20L100 20')
})

test('more values than there is room for are averaged, and a time without any stays unknown', () => {
  expect(thin([1, 3, null, 5, null, null], 3)).toEqual([2, 5, null])
  expect(thin([1, 2], 3)).toEqual([1, 2])
})
