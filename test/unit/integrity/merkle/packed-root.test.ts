import { expect, it } from 'vitest'
import { compactRange } from '../../../../src/integrity/merkle/compact-range.ts'
import { HASH_SIZE, leafHash } from '../../../../src/integrity/merkle/hash.ts'
import { packedRoot } from '../../../../src/integrity/merkle/packed-root.ts'

it('the root of packed leaves is the one that appending each of them leads to, for 0 to 257 leaves', () => {
  const range = compactRange()
  const leaves: Uint8Array[] = []
  for (let count = 0; count <= 257; count++) {
    expect(Buffer.from(packedRoot(Buffer.concat(leaves))), `${count} leaves`).toEqual(Buffer.from(range.root()))
    const leaf = leafHash(String(count))
    leaves.push(leaf)
    range.append(leaf)
  }
})

it('the root of packed leaves stays what it is when the memory of the leaves is used again', () => {
  const leaves = Buffer.concat([leafHash('a'), leafHash('b')])
  const root = packedRoot(leaves)
  const before = Buffer.from(root)
  leaves.fill(0)
  expect(Buffer.from(root)).toEqual(before)
  expect(root).toHaveLength(HASH_SIZE)
})
