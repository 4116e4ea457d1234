import { expect, test } from 'vitest'
import { courseOf, joinCourses } from '../../../../../src/dashboard/ui/live/history.ts'

const answer = (from: number, series: { readonly [name: string]: readonly (number | null)[] }) => ({
  from,
  step: 10,
  series: Object.fromEntries(Object.entries(series).map(([name, average]) => [name, { average, maximum: average }])),
})

test('answers for the same time become one course, with unknown values for a series that the server has not', () => {
  const course = courseOf(['a', 'b', 'c'], [answer(1000, { a: [1, 2] }), answer(1000, { c: [3, null] })])
  expect(course).toEqual({
    names: ['a', 'b', 'c'],
    times: [1000, 11_000],
    values: [
      [1, 2],
      [null, null],
      [3, null],
    ],
  })
})

test('a course is continued by what is newer than its end, and keeps its length', () => {
  const before = courseOf(['a'], [answer(0, { a: [1, 2] })])
  const after = courseOf(['a'], [answer(10_000, { a: [20, 30, 40] })])
  expect(joinCourses(before, after, 3)).toEqual({
    names: ['a'],
    times: [10_000, 20_000, 30_000],
    values: [[2, 30, 40]],
  })
  expect(joinCourses(before, courseOf(['a'], [answer(0, { a: [9] })]), 3)).toBe(before)
})
