import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldEdge } from '../../../../src/integrity/merkle/compact-range.ts'
import { consistencyPath, verifyConsistency } from '../../../../src/integrity/merkle/consistency.ts'
import { EMPTY_ROOT } from '../../../../src/integrity/merkle/hash.ts'
import type { Subtree } from '../../../../src/integrity/merkle/subtrees.ts'
import { flipBit, naiveTree, someLeaves } from '../../../support/integrity/naive-tree.ts'

const SIZE = 257
const leaves = someLeaves(SIZE)
const tree = naiveTree(leaves)

const fold = (subtrees: readonly Subtree[]) =>
  foldEdge(subtrees.map(({ level, index }) => tree.subtree(index * 2 ** level, (index + 1) * 2 ** level)))

test('every tree up to 257 leaves is consistent with its beginnings, by the naive path', () => {
  for (let second = 1; second <= SIZE; second++) {
    const step = second < 70 || second > 254 || second === 128 ? 1 : 11
    for (let first = 1; first <= second; first += step) {
      const path = consistencyPath(first, second).map(fold)
      expect(Buffer.concat(path).equals(Buffer.concat(tree.consistency(first, second)))).toBe(true)
      expect(verifyConsistency(first, second, path, tree.root(first), tree.root(second))).toBe(true)
    }
  }
})

const sizes = fc
  .integer({ min: 1, max: SIZE })
  .chain((second) => fc.tuple(fc.integer({ min: 1, max: second }), fc.constant(second)))

test('no altered path or root verifies as consistent', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), ([first, second], seed) => {
      const path = tree.consistency(first, second)
      const [older, newer] = [tree.root(first), tree.root(second)]
      const [badOlder, badNewer] = [flipBit([older], seed)[0] as Buffer, flipBit([newer], seed)[0] as Buffer]
      expect(verifyConsistency(first, second, path, badOlder, newer)).toBe(false)
      expect(verifyConsistency(first, second, path, older, badNewer)).toBe(false)
      expect(verifyConsistency(first, second, [...path, newer], older, newer)).toBe(false)
      if (path.length === 0) return
      expect(verifyConsistency(first, second, flipBit(path, seed), older, newer)).toBe(false)
      expect(verifyConsistency(first, second, path.slice(1), older, newer)).toBe(false)
      expect(verifyConsistency(first, second, path.slice(0, -1), older, newer)).toBe(false)
      if (path.length > 1) expect(verifyConsistency(first, second, path.toReversed(), older, newer)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a tree with one leaf changed, removed or inserted below the older size is never consistent', () => {
  fc.assert(
    fc.property(
      sizes,
      fc.nat(),
      fc.constantFrom('change', 'remove', 'insert', 'swap'),
      ([first, second], seed, how) => {
        const at = seed % first
        const forged = [...leaves.slice(0, second)]
        if (how === 'change') forged[at] = Buffer.alloc(32, 1)
        if (how === 'remove') forged.splice(at, 1)
        if (how === 'insert') forged.splice(at, 0, Buffer.alloc(32, 3))
        if (how === 'swap') {
          if (at === 0) return
          ;[forged[at], forged[at - 1]] = [forged[at - 1] as Buffer, forged[at] as Buffer]
        }
        const size = forged.length
        if (size < first) return
        const rewritten = naiveTree(forged)
        const path = rewritten.consistency(first, size)
        expect(verifyConsistency(first, size, path, tree.root(first), rewritten.root(size))).toBe(false)
      },
    ),
    { numRuns: 500 },
  )
})

test('an empty tree is consistent with every tree, without a path', () => {
  expect(verifyConsistency(0, 5, [], EMPTY_ROOT, tree.root(5))).toBe(true)
  expect(verifyConsistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)).toBe(true)
  expect(verifyConsistency(0, 5, [tree.root(5)], EMPTY_ROOT, tree.root(5))).toBe(false)
  expect(verifyConsistency(0, 5, [], tree.root(1), tree.root(5))).toBe(false)
})

test.each([
  [6, 5],
  [-1, 5],
  [1.5, 5],
  [1, Number.NaN],
  [1, 2 ** 53],
])('no tree of %d is consistent with one of %d', (first, second) => {
  const root = tree.root(1)
  expect(verifyConsistency(first, second, [], root, root)).toBe(false)
})
