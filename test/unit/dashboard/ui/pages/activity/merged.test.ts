import { expect, test } from 'vitest'
import { merged } from '../../../../../../src/dashboard/ui/pages/activity/merged.ts'

const act = (id: string, at: string) => ({ id, at, type: 'OperatorActed', subject: 's', text: id, by: null }) as const

test('what was sent and asked for is shown once, newest first', () => {
  const shown = merged([act('c', '2026-03'), act('b', '2026-02')], [act('b', '2026-02'), act('a', '2026-01')])
  expect(shown.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
})

test('what happened at the same time has an order all the same', () => {
  expect(merged([act('a', '2026-01')], [act('b', '2026-01')]).map(({ id }) => id)).toEqual(['b', 'a'])
})
