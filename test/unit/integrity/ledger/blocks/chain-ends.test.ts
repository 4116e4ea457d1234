import fc from 'fast-check'
import { expect, test } from 'vitest'
import { containsInterval, fullInterval, type HashInterval } from '../../../../../src/core/positions/hash-interval.ts'
import type { Block, ChainEnd } from '../../../../../src/integrity/ledger/blocks/block.ts'
import { advanceEnds, endOf, isSplit } from '../../../../../src/integrity/ledger/blocks/chain-ends.ts'
import { blockAfter } from '../../support/blocks.ts'

const half = { min: '', max: '80' }
const otherHalf = { min: '80', max: 'FF' }
const quarter = { min: '', max: '40' }

const ranges = (ends: readonly ChainEnd[]) => ends.map(({ range }) => `${range.min}-${range.max}`)

/** The ends after blocks with parts of these ranges. */
function endsAfter(...all: readonly (readonly HashInterval[])[]): readonly ChainEnd[] {
  let ends: readonly ChainEnd[] = []
  let last: Block | undefined
  for (const parts of all) {
    last = blockAfter(
      last?.header ?? null,
      parts.map((range) => ({ range })),
    )
    ends = advanceEnds(ends, last)
  }
  return ends
}

test('the end of a range moves with each of its parts', () => {
  const ends = endsAfter([fullInterval], [fullInterval])
  expect(ends).toEqual([
    { range: fullInterval, after: { block: 1, part: 0 }, to: { lsn: 2, hash: '40', version: 2 }, continuation: 'c1.0' },
  ])
})

test('the end of a split range stays until all of its parts have ends of their own', () => {
  expect(ranges(endsAfter([fullInterval], [half]))).toEqual(['-80', '-FF'])
  expect(ranges(endsAfter([fullInterval], [half], [otherHalf]))).toEqual(['-80', '80-FF'])
  expect(ranges(endsAfter([fullInterval], [quarter], [otherHalf]))).toEqual(['-40', '-FF', '80-FF'])
  expect(ranges(endsAfter([fullInterval], [half], [otherHalf], [quarter]))).toEqual(['-40', '-80', '80-FF'])
})

test('a part continues from the narrowest range that contains it', () => {
  const ends = endsAfter([fullInterval], [half])
  expect(endOf(ends, quarter)?.range).toEqual(half)
  expect(endOf(ends, otherHalf)?.range).toEqual(fullInterval)
  expect(endOf([], otherHalf)).toBeUndefined()
})

test('a range is split once parts of it were sealed, and not before', () => {
  const ends = endsAfter([fullInterval], [half])
  expect([fullInterval, half, quarter, otherHalf].map((range) => isSplit(ends, range))).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('whatever is split and sealed, every place keeps the end of the narrowest range that was sealed there', () => {
  const steps = fc.array(fc.record({ split: fc.boolean(), pick: fc.nat(63) }), { maxLength: 30 })
  fc.assert(
    fc.property(steps, (all) => {
      const current: HashInterval[] = [fullInterval]
      const sealed: HashInterval[] = []
      let ends: readonly ChainEnd[] = []
      let last: Block | undefined
      for (const { split, pick } of all) {
        const at = pick % current.length
        const range = current[at] as HashInterval
        const middle = middleOf(range)
        if (split && middle !== undefined) {
          current.splice(at, 1, { min: range.min, max: middle }, { min: middle, max: range.max })
          continue
        }
        last = blockAfter(last?.header ?? null, [{ range }])
        ends = advanceEnds(ends, last)
        sealed.push(range)
      }
      for (const range of current) {
        const narrowest = sealed.filter((one) => containsInterval(one, range)).sort((a, b) => sizeOf(a) - sizeOf(b))[0]
        expect(endOf(ends, range)?.range).toEqual(narrowest)
      }
      expect(ends.length).toBeLessThanOrEqual(2 * current.length)
    }),
  )
})

const numberOf = (bound: string) => (bound === '' ? 0 : bound === 'FF' ? 256 : Number.parseInt(bound, 16))
const sizeOf = ({ min, max }: HashInterval) => numberOf(max) - numberOf(min)

function middleOf(range: HashInterval): string | undefined {
  if (sizeOf(range) < 2) return undefined
  const middle = Math.floor((numberOf(range.min) + numberOf(range.max)) / 2)
  return middle === 255 ? undefined : middle.toString(16).toUpperCase().padStart(2, '0')
}
