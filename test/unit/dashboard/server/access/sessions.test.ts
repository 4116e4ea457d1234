import { expect, it } from 'vitest'
import { createSessions } from '../../../../../src/dashboard/server/access/sessions.ts'
import { manualClock } from '../../../../../src/testing/manual-clock.ts'

it('viewers that sign in a thousand times end sessions of viewers, and none of an operator', () => {
  const ended: string[] = []
  const sessions = createSessions(manualClock(), (key) => ended.push(key))
  const operator = sessions.begin('operator', 'Ada')
  const first = sessions.begin('viewer', 'Eve')
  const key = sessions.find(first)?.key
  for (let i = 0; i < 1_000; i++) sessions.begin('viewer', 'Eve')
  expect(ended).toEqual([key])
  expect(sessions.find(first)).toBeUndefined()
  expect(sessions.find(operator)).toMatchObject({ role: 'operator', name: 'Ada' })
})

it('the session that ends for a further one of its role is that which was used the longest ago', () => {
  const sessions = createSessions(manualClock(), () => {})
  const [first, second] = [sessions.begin('operator', 'Ada'), sessions.begin('operator', 'Grace')]
  for (let i = 0; i < 998; i++) sessions.begin('operator', 'Eve')
  expect(sessions.find(first)).toMatchObject({ name: 'Ada' })
  sessions.begin('operator', 'Eve')
  expect([sessions.find(first)?.name, sessions.find(second)]).toEqual(['Ada', undefined])
})
