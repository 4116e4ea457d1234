import { expect, test } from 'vitest'
import { compactRange, rootOf } from '../../../../src/integrity/merkle/compact-range.ts'
import { leafHash, sameHash } from '../../../../src/integrity/merkle/hash.ts'
import { naiveTree, someLeaves } from '../../../support/integrity/naive-tree.ts'

const SIZE = 257
const leaves = someLeaves(SIZE)
const tree = naiveTree(leaves)

test('a range that grows has the root of the naive tree at each size from 0 to 257', () => {
  const range = compactRange()
  expect(range.root()).toEqual(tree.root(0))
  for (const [i, leaf] of leaves.entries()) {
    range.append(leaf)
    expect(range.size).toBe(i + 1)
    expect(range.root()).toEqual(tree.root(i + 1))
  }
})

test('a range reports each complete subtree once, with its root', () => {
  const range = compactRange()
  const seen = new Set<string>()
  for (const leaf of leaves) {
    range.append(leaf, ({ level, index }, hash) => {
      seen.add(`${level}/${index}`)
      expect(hash).toEqual(tree.subtree(index * 2 ** level, (index + 1) * 2 ** level))
    })
  }
  let count = 0
  for (let level = 0; 2 ** level <= SIZE; level++) count += Math.floor(SIZE / 2 ** level)
  expect(seen.size).toBe(count)
})

test('a range is continued from its size and its edge', () => {
  for (const size of [0, 1, 2, 3, 100, 128, 255, 256]) {
    const before = compactRange()
    for (const leaf of leaves.slice(0, size)) before.append(leaf)
    const after = compactRange(before.size, before.edge)
    for (const leaf of leaves.slice(size)) after.append(leaf)
    expect(after.root()).toEqual(tree.root(SIZE))
    expect(before.root()).toEqual(tree.root(size))
  }
})

test('repeating the last leaf, or the last subtree, gives another root (CVE-2012-2459)', () => {
  for (let size = 1; size < 64; size++) {
    const some = leaves.slice(0, size)
    const root = rootOf(some)
    for (let repeated = 1; repeated <= size; repeated++) {
      expect(sameHash(rootOf([...some, ...some.slice(-repeated)]), root)).toBe(false)
    }
  }
})

test('pairs of leaves in place of entries give another root (second preimage)', () => {
  for (let size = 2; size <= 64; size += 2) {
    const pairs: Uint8Array[] = []
    for (let i = 0; i < size; i += 2) pairs.push(leafHash(Buffer.concat(leaves.slice(i, i + 2))))
    expect(sameHash(rootOf(pairs), tree.root(size))).toBe(false)
  }
})
