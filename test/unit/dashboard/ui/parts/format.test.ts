import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatShare,
  formatTime,
} from '../../../../../src/dashboard/ui/parts/format.ts'

test.each([
  [0, '0'],
  [0.4, '0.4'],
  [1240, '1,240'],
  [12_400, '12.4 k'],
  [1_240_000, '1.24 M'],
  [-3, '-3'],
  [null, 'unknown'],
])('the count %j is written as %s', (value, text) => {
  expect(formatCount(value)).toBe(text)
})

test('a rate is a count by second', () => {
  expect([formatRate(1240), formatRate(0.4), formatRate(null)]).toEqual(['1,240/s', '0.4/s', 'unknown'])
})

test('a rate that is almost nothing is neither 0 nor written with many digits', () => {
  expect([formatRate(0.000013), formatRate(0)]).toEqual(['< 0.01/s', '0/s'])
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_400_000, '12.4 MB'],
  [4.2e9, '4.2 GB'],
  [null, 'unknown'],
])('%j bytes are written as %s', (value, text) => {
  expect(formatBytes(value)).toBe(text)
})

test.each([
  [0.0049, '0.0049 ms'],
  [9, '9 ms'],
  [999.4, '999 ms'],
  [4210, '4.2 s'],
  [42_000, '42 s'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [273_600_000, '3 d 4 h'],
  [-9, '-9 ms'],
  [null, 'unknown'],
])('a duration of %j ms is written as %s', (value, text) => {
  expect(formatDuration(value)).toBe(text)
})

test.each([
  [1, '100%'],
  [0.999999, '> 99.99%'],
  [0.99989, '99.98%'],
  [0.712, '71.2%'],
  [0.00001, '< 0.01%'],
  [0, '0%'],
  [null, 'unknown'],
])('the share %j is written as %s, and never rounded up to all or down to nothing', (value, text) => {
  expect(formatShare(value)).toBe(text)
})

test('a time of today has no date, and one of another day no seconds', () => {
  const now = new Date(2026, 10, 30, 14, 2, 11)
  expect(formatTime(now.toISOString(), now.getTime())).toBe('14:02:11')
  expect(formatTime(new Date(2026, 10, 29, 9, 5).toISOString(), now.getTime())).toBe('29 Nov, 09:05')
})
