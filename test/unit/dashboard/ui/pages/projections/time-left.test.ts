import { expect, it } from 'vitest'
import { timeLeft } from '../../../../../../src/dashboard/ui/pages/projections/time-left.ts'

it('a version that is not behind has caught up', () => {
  expect(timeLeft({ behind: 0, left: null, state: 'working' })).toBe('caught up')
})

it('a version whose lag falls says for how long it will', () => {
  expect(timeLeft({ behind: 100, left: 65_000, state: 'working' })).toBe('1 min 5 s')
})

it('a version whose lag does not fall has no estimate', () => {
  expect(timeLeft({ behind: 100, left: null, state: 'working' })).toBe('no estimate')
})

it('the time is unknown when the lag is', () => {
  expect(timeLeft({ behind: null, left: null, state: 'working' })).toBe('unknown')
})

it('a version of which a range is stalled has no estimate, though others go on', () => {
  expect(timeLeft({ behind: 100, left: 65_000, state: 'stalled' })).toBe('no estimate')
})
