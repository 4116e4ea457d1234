import { expect, it } from 'vitest'
import { stateCounts, toneOf, urgencyOf } from '../../../../../../src/dashboard/ui/parts/rows/range-state.ts'

it('the states of ranges are counted with those first that need a person', () => {
  expect(stateCounts({ idle: 7, working: 0, parked: 2, stalled: 1 })).toBe('1 stalled, 2 parked, 7 idle')
})

it('a state that this dashboard does not know is unknown, and never taken for good', () => {
  expect(toneOf('dreaming')).toBe('unknown')
  expect(urgencyOf('dreaming')).toBeGreaterThan(urgencyOf('parked'))
  expect(urgencyOf('dreaming')).toBeLessThan(urgencyOf('idle'))
})
