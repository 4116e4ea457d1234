import { expect, test } from 'vitest'
import type { Block } from '../../../../src/integrity/ledger/blocks/block.ts'
import { headerLeaf } from '../../../../src/integrity/ledger/blocks/header-leaf.ts'
import { rootOf } from '../../../../src/integrity/merkle/compact-range.ts'
import { leafHash } from '../../../../src/integrity/merkle/hash.ts'
import { formatHead } from '../../../../src/integrity/notes/head-text.ts'
import { exportTiles, tilePath } from '../../../../src/integrity/tiles/export-tiles.ts'
import { naiveTree } from '../../../support/integrity/naive-tree.ts'

function blockOf(n: number): Block {
  const header = {
    v: 1 as const,
    n,
    kind: 'events' as const,
    previous: null,
    incarnation: 'one',
    parts: [],
    root: `root ${n}`,
    places: '',
    at: '2026-01-31T12:00:00.000Z',
  }
  return { header, body: { leaves: '', places: [], continuations: [] } }
}

const ledgerOf = (size: number) => ({
  blocks: async (from: number, count: number) =>
    Array.from({ length: Math.max(0, Math.min(count, size - from)) }, (_, i) => blockOf(from + i)),
})

const noteOf = (leaves: readonly Uint8Array[]) =>
  `${formatHead({ origin: 'a', size: leaves.length, root: rootOf(leaves) })}\n— a AAAAAAE=\n`

async function exported(size: number, ledger = ledgerOf(size)) {
  const leaves = Array.from({ length: size }, (_, n) => headerLeaf(blockOf(n).header))
  const files = await Array.fromAsync(exportTiles(ledger, noteOf(leaves)))
  return { leaves, files: new Map(files.map(({ path, bytes }) => [path, Buffer.from(bytes)])), order: files }
}

test.each([
  [0, 'tile/0/000'],
  [7, 'tile/0/007'],
  [999, 'tile/0/999'],
  [1000, 'tile/0/x001/000'],
  [1_234_067, 'tile/0/x001/x234/067'],
])('tile %d is at %s, as the specification spells it', (index, path) => {
  expect(tilePath(0, index, 256)).toBe(path)
})

test('a tile that is not full has its width in its path', () => {
  expect(tilePath('entries', 273, 112)).toBe('tile/entries/273.p/112')
})

test.each([
  [1, ['tile/entries/000.p/1', 'tile/0/000.p/1']],
  [255, ['tile/entries/000.p/255', 'tile/0/000.p/255']],
  [256, ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']],
  [257, ['tile/entries/000', 'tile/0/000', 'tile/entries/001.p/1', 'tile/0/001.p/1', 'tile/1/000.p/1']],
])('a log of %d blocks has the tiles of the specification', async (size, paths) => {
  const { order } = await exported(size)
  expect(order.map(({ path }) => path)).toEqual([...paths, 'checkpoint'])
})

test('a log of 70,000 blocks has the partial tiles that the specification counts', async () => {
  const { files, leaves } = await exported(70_000)
  const names = [...files.keys()]
  expect(names.filter((name) => /^tile\/0\/(x\d+\/)*\d+$/.test(name))).toHaveLength(273)
  expect(names.filter((name) => name.includes('.p/') && !name.includes('entries')).toSorted()).toEqual([
    'tile/0/273.p/112',
    'tile/1/001.p/17',
    'tile/2/000.p/1',
  ])
  const tree = naiveTree(leaves)
  expect(files.get('tile/2/000.p/1')).toEqual(tree.subtree(0, 65_536))
  expect(files.get('tile/1/001.p/17')?.subarray(0, 32)).toEqual(tree.subtree(65_536, 65_792))
})

test('each entry of a bundle has the hash that its tile of level 0 says', async () => {
  const { files } = await exported(300)
  for (const [bundle, tile] of [
    ['tile/entries/000', 'tile/0/000'],
    ['tile/entries/001.p/44', 'tile/0/001.p/44'],
  ] as const) {
    const bytes = files.get(bundle) as Buffer
    const hashes: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt16BE(at)
      hashes.push(leafHash(bytes.subarray(at + 2, at + 2 + length)))
      at += 2 + length
    }
    expect(Buffer.concat(hashes)).toEqual(files.get(tile))
  }
})

test('a ledger without a block of the head, or with another one, is not exported as complete', async () => {
  const seen: string[] = []
  const take = async (ledger: ReturnType<typeof ledgerOf>) => {
    const leaves = Array.from({ length: 3 }, (_, n) => headerLeaf(blockOf(n).header))
    for await (const { path } of exportTiles(ledger, noteOf(leaves))) seen.push(path)
  }
  await expect(take(ledgerOf(2))).rejects.toMatchObject({ code: 'LedgerDamaged' })
  const changed = { blocks: async () => [blockOf(0), blockOf(1), blockOf(7)] }
  await expect(take(changed)).rejects.toMatchObject({ code: 'ChainDiverged' })
  expect(seen).not.toContain('checkpoint')
})
