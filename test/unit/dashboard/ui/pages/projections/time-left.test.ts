import { expect, it } from 'vitest'
import { timeLeft } from '../../../../../../src/dashboard/ui/pages/projections/time-left.ts'

it('a version that is not behind has caught up', () => {
  expect(timeLeft({ behind: 0, left: 0, rate: 0 })).toBe('caught up')
})

it('a version whose lag falls says for how long it will', () => {
  expect(timeLeft({ behind: 100, left: 65_000, rate: 1.5 })).toBe('1 min 5 s')
})

it('a version whose lag does not fall says so instead of a time', () => {
  expect(timeLeft({ behind: 100, left: null, rate: -3 })).toBe('not at this rate')
})

it('the time is unknown when the rate is', () => {
  expect(timeLeft({ behind: null, left: null, rate: null })).toBe('unknown')
})
