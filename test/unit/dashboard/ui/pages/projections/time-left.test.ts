import { expect, it } from 'vitest'
import { timeLeft } from '../../../../../../src/dashboard/ui/pages/projections/time-left.ts'

it('a version that is not behind has caught up', () => {
  expect(timeLeft({ behind: 0, left: null })).toBe('caught up')
})

it('a version whose lag falls says for how long it will', () => {
  expect(timeLeft({ behind: 100, left: 65_000 })).toBe('1 min 5 s')
})

it('a version whose lag does not fall has no estimate', () => {
  expect(timeLeft({ behind: 100, left: null })).toBe('no estimate')
})

it('the time is unknown when the lag is', () => {
  expect(timeLeft({ behind: null, left: null })).toBe('unknown')
})
