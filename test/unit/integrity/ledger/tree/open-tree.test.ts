import { describe, expect, test } from 'vitest'
import type { Block } from '../../../../../src/integrity/ledger/blocks/block.ts'
import { headerLeaf } from '../../../../../src/integrity/ledger/blocks/header-leaf.ts'
import type { LedgerState } from '../../../../../src/integrity/ledger/ledger.ts'
import { openLedger } from '../../../../../src/integrity/ledger/open-ledger.ts'
import { advanceState, EMPTY_STATE } from '../../../../../src/integrity/ledger/state/advance-state.ts'
import { followLedger } from '../../../../../src/integrity/ledger/state/follow-ledger.ts'
import { openTree } from '../../../../../src/integrity/ledger/tree/open-tree.ts'
import { consistencyPath } from '../../../../../src/integrity/merkle/consistency.ts'
import { EMPTY_ROOT, type Hash, hashesText, hashText, nodeHash } from '../../../../../src/integrity/merkle/hash.ts'
import { inclusionPath, verifyInclusion } from '../../../../../src/integrity/merkle/inclusion.ts'
import { type Subtree, splitOf } from '../../../../../src/integrity/merkle/subtrees.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { chainOf } from '../../support/blocks.ts'

/** The root by the definition of RFC 6962. */
function naiveRoot(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leaves[0] as Hash
  const k = splitOf(leaves.length)
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

const MOST = 520
const blocks = chainOf(MOST)
const leaves = blocks.map(({ header }) => headerLeaf(header))

type What = { readonly tiles?: boolean; readonly state?: number | LedgerState }

/** A ledger of the first blocks, with their full tiles, and with the state at a size: by default the last. */
async function ledgerOf(size: number, { tiles = true, state = size }: What = {}) {
  const storage = openMemory()
  const ledger = openLedger(storage.viewStore, { generation: 1, incarnation: 'one' })
  for (const block of blocks.slice(0, size)) await ledger.create(block)
  const followed = await followLedger(ledger, { state: EMPTY_STATE, head: null }, async (tile) => {
    if (tiles) await ledger.saveTile(tile.level, tile.index, tile.hashes)
  })
  const stored = typeof state === 'number' ? stateAt(blocks.slice(0, state)) : state
  expect(followed.state.size).toBe(size)
  if (stored.size > 0) await ledger.saveState(stored, undefined)
  return { storage, ledger }
}

const stateAt = (of: readonly Block[]) => of.reduce((state, block) => advanceState(state, block).state, EMPTY_STATE)

const texts = (hashes: readonly Hash[]) => hashes.map(hashText)

/** What a proof consists of, by the definition. */
const naive = (path: readonly (readonly Subtree[])[]) =>
  path.map((group) => {
    const [first, last] = [group[0] as Subtree, group.at(-1) as Subtree]
    const [from, to] = [first.index * 2 ** first.level, (last.index + 1) * 2 ** last.level]
    return hashText(naiveRoot(leaves.slice(from, to)))
  })

const SIZES = [1, 3, 255, 256, 257, 513]

const variants: readonly (readonly [string, (size: number) => What])[] = [
  ['with its state and tiles', () => ({})],
  ['whose state is missing', () => ({ state: 0 })],
  ['whose state is older than its blocks', (size) => ({ state: Math.floor(size / 2) })],
  ['whose tiles are missing', () => ({ tiles: false })],
  ['whose state covers blocks that are missing', () => ({ state: MOST })],
  ['whose state is about another last block', (size) => ({ state: { ...stateAt(chainWith(size)), size } })],
]

/** Other blocks, as many. */
function chainWith(size: number): readonly Block[] {
  return blocks.slice(0, size).map(({ header, body }) => ({ header: { ...header, incarnation: 'two' }, body }))
}

describe.each(variants)('the tree of a ledger %s', (_, what) => {
  test.each(SIZES)('has the root of RFC 6962 at size %i, and at all sizes before', async (size) => {
    const { ledger } = await ledgerOf(size, what(size))
    const tree = await openTree(ledger)
    expect(tree.size).toBe(size)
    expect(hashText(tree.root())).toBe(hashText(naiveRoot(leaves.slice(0, size))))
    for (const earlier of [0, 1, size - 1, Math.floor(size / 2), Math.min(256, size)]) {
      expect(hashText(await tree.rootAt(earlier))).toBe(hashText(naiveRoot(leaves.slice(0, earlier))))
    }
  })

  test.each([3, 257])('proves blocks and consistency at size %i', async (size) => {
    const { ledger } = await ledgerOf(size, what(size))
    const tree = await openTree(ledger)
    for (const index of [0, 1, size - 1, Math.floor(size / 2)]) {
      const path = await tree.inclusion(index)
      expect(texts(path)).toEqual(naive(inclusionPath(index, size)))
      expect(verifyInclusion(leaves[index] as Hash, index, size, path, tree.root())).toBe(true)
      if (index > 0) expect(texts(await tree.consistency(index))).toEqual(naive(consistencyPath(index, size)))
    }
    expect(await tree.consistency(0)).toEqual([])
  })
})

test('the tree of an empty ledger has the empty root', async () => {
  const { ledger } = await ledgerOf(0)
  const tree = await openTree(ledger)
  expect([tree.size, tree.root()]).toEqual([0, EMPTY_ROOT])
})

test('a tree answers about no more blocks than it has', async () => {
  const { ledger } = await ledgerOf(3)
  const tree = await openTree(ledger)
  await expect(tree.inclusion(3)).rejects.toThrow(RangeError)
  await expect(tree.rootAt(4)).rejects.toThrow(RangeError)
  await expect(tree.consistency(1, 4)).rejects.toThrow(RangeError)
})

test('opening a tree and proving a block read a few documents, however many blocks there are', async () => {
  const { storage } = await ledgerOf(MOST)
  const read: string[] = []
  const { viewStore } = storage
  const counted = openLedger(
    {
      ...viewStore,
      get: (ref) => {
        read.push(ref.key)
        return viewStore.get(ref)
      },
      getMany: (projection, version, keys) => {
        read.push(...keys)
        return viewStore.getMany(projection, version, keys)
      },
    },
    { generation: 1, incarnation: 'one' },
  )
  const tree = await openTree(counted)
  await tree.inclusion(17)
  // The state, the last block, the absence of those after it, one tile.
  expect(read.length).toBeLessThanOrEqual(20)
  expect(new Set(read.filter((key) => key.startsWith('tile')))).toEqual(new Set(['tile-0-0']))
})

test('the 65,536th block fills a tile of the first level and one of the second', () => {
  const leaf = headerLeaf((blocks[0] as Block).header)
  const repeated = (hash: Hash, count: number) => hashesText(Array<Hash>(count).fill(hash))
  const full = naiveRoot(Array<Hash>(256).fill(leaf))
  const before: LedgerState = {
    ...EMPTY_STATE,
    size: 65_534,
    tiles: [repeated(leaf, 254), repeated(full, 255), ...Array<string>(6).fill('')],
  }
  const steps = Array.from({ length: 3 }, () => blocks[0] as Block)
  let state = before
  const filled = steps.map((block) => {
    const next = advanceState(state, block)
    state = next.state
    return next.filled.map(({ level, index, hashes }) => [level, index, hashText(naiveRoot(hashes))])
  })
  const whole = naiveRoot(Array<Hash>(256).fill(full))
  expect(filled).toEqual([
    [],
    [
      [0, 255, hashText(full)],
      [1, 0, hashText(whole)],
    ],
    [],
  ])
  expect(state.tiles.slice(0, 4)).toEqual([repeated(leaf, 1), '', hashText(whole), ''])
})
