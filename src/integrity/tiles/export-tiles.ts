import { notify } from '../../core/async/callbacks.ts'
import { ChainDiverged, LedgerDamaged } from '../../core/errors/integrity.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'
import type { Header } from '../ledger/blocks/block.ts'
import { type Ledger, TILE_WIDTH } from '../ledger/ledger.ts'
import { collectTiles } from '../ledger/tree/collect-tiles.ts'
import { compactRange } from '../merkle/compact-range.ts'
import { type Hash, leafHash, sameHash } from '../merkle/hash.ts'
import { headIn } from '../notes/head-text.ts'

/** A file of an exported ledger. */
export type TileFile = {
  /** Relative, with forward slashes. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** How a ledger is exported. */
export type ExportOptions = {
  readonly signal?: AbortSignal
  /** Called with the number of blocks so far, and that of the head, after each bundle. What it throws is ignored. */
  readonly onProgress?: (blocks: number, size: number) => void
}

const MOST_BYTES = 0xffff

/**
 * Exports the headers of a ledger as a tiled log (C2SP, tlog-tiles), which any web server can serve, and the tools of
 * other transparency logs can read. Tiles are computed from the blocks. The signed head comes last, so that a folder that
 * has it is complete. Memory is constant.
 *
 * @param note the signed head up to which it is exported
 * @throws InvalidNote; LedgerDamaged if a block is missing or too large; ChainDiverged if the blocks do not have the head's root
 */
export async function* exportTiles(
  ledger: Pick<Ledger, 'blocks'>,
  note: string,
  { signal, onProgress }: ExportOptions = {},
): AsyncGenerator<TileFile> {
  const head = headIn(note)
  const tiles = collectTiles()
  const range = compactRange()
  for (let from = 0; from < head.size; from += TILE_WIDTH) {
    signal?.throwIfAborted()
    const count = Math.min(TILE_WIDTH, head.size - from)
    const blocks = await ledger.blocks(from, count)
    if (blocks.length < count) throw missing(from + blocks.length)
    const entries = blocks.map(({ header }) => entryOf(header))
    yield { path: tilePath('entries', from / TILE_WIDTH, count), bytes: bundleOf(entries) }
    for (const entry of entries) range.append(leafHash(entry), tiles.completed)
    for (const { level, index, hashes } of tiles.takeFull()) yield fileOf(level, index, hashes)
    notify(onProgress, from + count, head.size)
  }
  if (!sameHash(range.root(), head.root)) {
    throw new ChainDiverged('The blocks of the chain do not have the root of the signed head: verify the chain')
  }
  for (const [level, hashes] of tiles.unfilled.entries()) {
    if (hashes.length > 0) yield fileOf(level, Math.floor(head.size / TILE_WIDTH ** (level + 1)), hashes)
  }
  yield { path: 'checkpoint', bytes: Buffer.from(note) }
}

const fileOf = (level: number, index: number, hashes: readonly Hash[]): TileFile => ({
  path: tilePath(level, index, hashes.length),
  bytes: Buffer.concat(hashes),
})

/** The path of a tile, or of a bundle of entries: groups of three digits, all but the last after an `x`. */
export function tilePath(level: number | 'entries', index: number, width: number): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

function entryOf(header: Header): Uint8Array {
  const entry = Buffer.from(canonicalJson(header as Json))
  if (entry.length > MOST_BYTES)
    throw new LedgerDamaged(`The header of block ${header.n} is too large for an entry`, header.n)
  return entry
}

/** Entries, each after its length as two bytes. */
function bundleOf(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

const missing = (n: number) => new LedgerDamaged(`Block ${n} of the chain is missing`, n)
