import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldEdge } from '../../../../src/integrity/merkle/compact-range.ts'
import { leafHash } from '../../../../src/integrity/merkle/hash.ts'
import { inclusionPath, verifyInclusion } from '../../../../src/integrity/merkle/inclusion.ts'
import type { Subtree } from '../../../../src/integrity/merkle/subtrees.ts'
import { flipBit, naiveTree, someLeaves } from '../../../support/integrity/naive-tree.ts'

const SIZE = 257
const leaves = someLeaves(SIZE)
const tree = naiveTree(leaves)

const fold = (subtrees: readonly Subtree[]) =>
  foldEdge(subtrees.map(({ level, index }) => tree.subtree(index * 2 ** level, (index + 1) * 2 ** level)))

test('the path of every leaf of every tree from 1 to 257 leaves is the naive one, and verifies', () => {
  for (let size = 1; size <= SIZE; size++) {
    const root = tree.root(size)
    // Every index is tried for small sizes and those around powers of two, and every seventh for the others.
    const step = size < 70 || [127, 128, 129, 255, 256, 257].includes(size) ? 1 : 7
    for (let index = 0; index < size; index += step) {
      const path = inclusionPath(index, size).map(fold)
      expect(Buffer.concat(path).equals(Buffer.concat(tree.inclusion(index, size)))).toBe(true)
      expect(verifyInclusion(leaves[index] as Buffer, index, size, path, root)).toBe(true)
    }
  }
})

const position = fc.integer({ min: 1, max: SIZE }).chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)))

test('no altered leaf, index, size, path or root verifies', () => {
  fc.assert(
    fc.property(position, fc.nat(), fc.integer({ min: 0, max: 300 }), ([index, size], seed, other) => {
      const leaf = leaves[index] as Buffer
      const path = tree.inclusion(index, size)
      const root = tree.root(size)
      const [badLeaf, badRoot] = [flipBit([leaf], seed)[0] as Buffer, flipBit([root], seed)[0] as Buffer]
      expect(verifyInclusion(badLeaf, index, size, path, root)).toBe(false)
      expect(verifyInclusion(leaf, index, size, path, badRoot)).toBe(false)
      if (path.length > 0) {
        expect(verifyInclusion(leaf, index, size, flipBit(path, seed), root)).toBe(false)
        expect(verifyInclusion(leaf, index, size, path.slice(1), root)).toBe(false)
        expect(verifyInclusion(leaf, index, size, path.slice(0, -1), root)).toBe(false)
      }
      if (path.length > 1) expect(verifyInclusion(leaf, index, size, path.toReversed(), root)).toBe(false)
      expect(verifyInclusion(leaf, index, size, [...path, root], root)).toBe(false)
      expect(verifyInclusion(leaf, index, size, [leaf, ...path], root)).toBe(false)
      if (other !== index) expect(verifyInclusion(leaf, other, size, path, root)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a path of another size never verifies against the root of that size', () => {
  for (let size = 1; size <= 70; size++) {
    for (let index = 0; index < size; index++) {
      for (const other of [size - 1, size + 1, size * 2]) {
        if (other <= index || other > SIZE) continue
        const path = tree.inclusion(index, other)
        expect(verifyInclusion(leaves[index] as Buffer, index, size, path, tree.root(size))).toBe(false)
      }
    }
  }
})

test('a path that is too short for the size does not verify, even against the root that it leads to', () => {
  for (let height = 0; height < 6; height++) {
    const smaller = 2 ** height
    for (const size of [2 * smaller, 2 * smaller + 1, 4 * smaller]) {
      const path = tree.inclusion(0, smaller)
      expect(verifyInclusion(leaves[0] as Buffer, 0, size, path, tree.root(smaller))).toBe(false)
    }
  }
})

test('an inner node does not verify as a leaf of a smaller tree that has its root (second preimage)', () => {
  // Four leaves, of which an attacker presents the two inner nodes as entries of a tree of two.
  const [left, right] = [tree.subtree(0, 2), tree.subtree(2, 4)]
  const entry = Buffer.concat([leaves[0] as Buffer, leaves[1] as Buffer])
  expect(verifyInclusion(leafHash(entry), 0, 2, [right], tree.root(4))).toBe(false)
  expect(verifyInclusion(leafHash(entry), 0, 4, [right], tree.root(4))).toBe(false)
  // Only the hash of an entry is ever passed as a leaf: no entry has that of an inner node.
  expect(left.equals(leafHash(entry))).toBe(false)
})

test.each([
  [-1, 5],
  [5, 5],
  [0.5, 5],
  [Number.NaN, 5],
  [0, 0],
  [0, 2 ** 53],
  [0, Number.POSITIVE_INFINITY],
])('no leaf verifies at index %d of %d', (index, size) => {
  const [leaf = Buffer.of()] = leaves
  expect(verifyInclusion(leaf, index, size, [], leaf)).toBe(false)
})
