import { expect, test } from 'vitest'
import { bySeverityAndStart } from '../../../../../../src/dashboard/ui/pages/alerts/order.ts'

test('critical alerts stand first, and among equals the newest', () => {
  const alerts = [
    { severity: 'warning', startedAt: '3' },
    { severity: 'critical', startedAt: '1' },
    { severity: 'critical', startedAt: '2' },
  ] as const
  expect([...alerts].sort(bySeverityAndStart).map(({ startedAt }) => startedAt)).toEqual(['2', '1', '3'])
})
