import { expect, it } from 'vitest'
import { bytesText, countText, durationText, nounText, shareText } from '../../../../src/operations/words/amounts.ts'

it.each([
  [0, '0 s'],
  [420, '0.4 s'],
  [1_640, '1.6 s'],
  [-4_000, '4 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [97_260_000, '1 d 3 h'],
  [4_000 * 86_400_000, '4,000 d'],
])('%d ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '1.5 kB'],
  [128e6, '128 MB'],
  [2e18, '2000 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

it.each([
  [0.001, '0.1 %'],
  [0.05, '5 %'],
  [0.714, '71 %'],
])('a share of %d is %s', (share, text) => {
  expect(shareText(share)).toBe(text)
})

it('counts have commas, and nouns their number', () => {
  expect([countText(12_000), nounText(1, 'range'), nounText(1_000, 'range')]).toEqual([
    '12,000',
    '1 range',
    '1,000 ranges',
  ])
})
