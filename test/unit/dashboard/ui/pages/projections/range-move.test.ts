import { expect, it } from 'vitest'
import { movedTo } from '../../../../../../src/dashboard/ui/pages/projections/range-move.ts'

it('the arrow keys go to the next cell of a map in each direction', () => {
  expect(movedTo('ArrowRight', 5, 20, 8)).toBe(6)
  expect(movedTo('ArrowLeft', 5, 20, 8)).toBe(4)
  expect(movedTo('ArrowDown', 5, 20, 8)).toBe(13)
  expect(movedTo('ArrowUp', 13, 20, 8)).toBe(5)
})

it('Home and End go to the first and the last cell', () => {
  expect(movedTo('Home', 5, 20, 8)).toBe(0)
  expect(movedTo('End', 5, 20, 8)).toBe(19)
})

it('no key leaves the map, and other keys mean nothing there', () => {
  expect(movedTo('ArrowUp', 5, 20, 8)).toBeUndefined()
  expect(movedTo('ArrowDown', 13, 20, 8)).toBeUndefined()
  expect(movedTo('ArrowRight', 19, 20, 8)).toBeUndefined()
  expect(movedTo('Tab', 5, 20, 8)).toBeUndefined()
})
