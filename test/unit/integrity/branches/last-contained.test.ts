import { expect, test } from 'vitest'
import type { HashInterval } from '../../../../src/core/positions/hash-interval.ts'
import type { Position, Tidemark } from '../../../../src/core/positions/position.ts'
import { createSlowest, lastContained } from '../../../../src/integrity/branches/last-contained.ts'
import type { Block, ChainEnd, Part } from '../../../../src/integrity/ledger/blocks/block.ts'

const at = (lsn: number): Position => ({ lsn, hash: '10', version: 1 })
const LEFT = { min: '', max: '80' }
const RIGHT = { min: '80', max: 'FF' }
const mark = (range: HashInterval, lsn: number): Tidemark => ({ ...range, ...at(lsn) })

/** Of blocks 0 to 4, each has a part of both ranges up to LSN 10, 20, … */
const parts = (n: number): Part[] =>
  [LEFT, RIGHT].map((range, part) => ({
    range,
    after: n === 0 ? null : { block: n - 1, part },
    from: n === 0 ? null : at(10 * n),
    to: at(10 * (n + 1)),
    events: 1,
  }))
const chain = [0, 1, 2, 3, 4].map((n) => ({ header: { n, parts: parts(n) } }) as unknown as Block)
const ledger = { blocks: async (from: number, count: number) => chain.slice(from, from + count) }
const ends: ChainEnd[] = [LEFT, RIGHT].map((range, part) => ({
  range,
  after: { block: 4, part },
  to: at(50),
  continuation: '',
}))

test.each([
  { left: 55, right: 55, expected: 4 },
  { left: 35, right: 55, expected: 2 },
  { left: 55, right: 20, expected: 1 },
  { left: 5, right: 55, expected: null },
])('what tidemarks at $left and $right contain ends with block $expected', async ({ left, right, expected }) => {
  const slowest = createSlowest()
  slowest.add([mark(LEFT, left + 7), mark(RIGHT, right)])
  slowest.add([mark(LEFT, left)])
  expect(await lastContained(ledger, { ends, size: 5 }, slowest.marks)).toBe(expected)
})

test('a tidemark from before a split counts for both of its halves', async () => {
  const slowest = createSlowest()
  slowest.add([{ min: '', max: 'FF', ...at(25) }])
  expect(await lastContained(ledger, { ends, size: 5 }, slowest.marks)).toBe(1)
})
