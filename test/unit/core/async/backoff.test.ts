import { expect, test } from 'vitest'
import { backoffDelay } from '../../../../src/core/async/backoff.ts'

test('delays double up to the longest, and jitter takes off at most its share', () => {
  const backoff = { first: 100, most: 1000 }
  expect([1, 2, 3, 4, 5, 60].map((failures) => backoffDelay(failures, backoff, () => 1))).toEqual([
    100, 200, 400, 800, 1000, 1000,
  ])
  expect(backoffDelay(2, backoff, () => 0)).toBe(100)
  expect(backoffDelay(2, { ...backoff, jitter: 1 }, () => 0)).toBe(0)
  expect(backoffDelay(2, { ...backoff, jitter: 0 }, () => 0.3)).toBe(200)
})
