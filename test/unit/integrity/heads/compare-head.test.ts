import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareWithTree } from '../../../../src/integrity/heads/compare-head.ts'
import { rootOf } from '../../../../src/integrity/merkle/compact-range.ts'
import { EMPTY_ROOT, leafHash } from '../../../../src/integrity/merkle/hash.ts'
import { treeOf } from '../../../support/integrity/tree-of.ts'

const leaves = (name: string, count: number) => Array.from({ length: count }, (_, i) => leafHash(`${name} ${i}`))

describe('compareWithTree', () => {
  it('finds every earlier head contained, and none of another history', async () => {
    const sizes = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40))
    await fc.assert(
      fc.asyncProperty(sizes, async ([shared, own, kept]) => {
        const tree = treeOf([...leaves('a', shared), ...leaves('b', own)])
        const other = [...leaves('a', shared), ...leaves('c', 40)].slice(0, kept)
        const expected = kept > tree.size ? 'rollback' : kept <= shared ? 'contained' : 'fork'
        expect(await compareWithTree({ size: kept, root: rootOf(other) }, tree)).toBe(expected)
      }),
    )
  })

  it('takes only the empty root for a head without blocks', async () => {
    const tree = treeOf(leaves('a', 3))
    expect(await compareWithTree({ size: 0, root: EMPTY_ROOT }, tree)).toBe('contained')
    expect(await compareWithTree({ size: 0, root: tree.root() }, tree)).toBe('fork')
  })

  it('does not believe a tree that claims to have had the root', async () => {
    const kept = { size: 3, root: rootOf(leaves('a', 3)) }
    const tree = treeOf(leaves('b', 5))
    expect(await compareWithTree(kept, { ...tree, rootAt: async () => kept.root } as typeof tree)).toBe('fork')
  })
})
