import { expect, it } from 'vitest'
import { createEstimate } from '../../../../src/processor/versions/time-left.ts'

it('tells nothing from one look, and then goes by what really became less', () => {
  const estimate = createEstimate()
  expect(estimate(0, 1000)).toEqual({ rate: 0, left: null })
  expect(estimate(1000, 900)).toEqual({ rate: 100, left: 9000 })
  expect(estimate(2000, 400)).toEqual({ rate: 300, left: 1333 })
  expect(estimate(3000, 0)).toMatchObject({ left: 0 })
})

it('does not promise an end that does not come nearer', () => {
  const estimate = createEstimate()
  estimate(0, 100)
  expect(estimate(1000, 100)).toEqual({ rate: 0, left: null })
  expect(estimate(2000, 300)).toEqual({ rate: -100, left: null })
})

it('forgets what is long ago', () => {
  const estimate = createEstimate()
  estimate(0, 1_000_000)
  estimate(60_000, 1000)
  expect(estimate(61_000, 900)).toEqual({ rate: 100, left: 9000 })
})
