import { LedgerDamaged } from '../../core/errors/integrity.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ViewStore } from '../../core/port/view-store.ts'
import { type Hash, hashesText, parseHashes } from '../merkle/hash.ts'
import type { Block } from './blocks/block.ts'
import { parseBlock } from './blocks/parse-block.ts'
import { documentsOf } from './documents.ts'
import { lastOf } from './last-block.ts'
import { type Ledger, type LedgerKind, TILE_WIDTH, tileKey } from './ledger.ts'
import { parseState } from './state/parse-state.ts'

/** Which chain of a storage, and of which log. */
export type LedgerOptions = {
  /** From 1; see `newestGeneration`. */
  readonly generation: number
  /** The incarnation of the log, which the documents carry like any that are derived from it. */
  readonly incarnation: string
}

// Blocks read at once: a few megabytes, because a block has up to 256 KiB.
const BATCH = 16

const STATE = 'state'

/** Opens a ledger: blocks, tiles and other documents of a chain among the views of a storage. */
export function openLedger(viewStore: ViewStore, { generation, incarnation }: LedgerOptions): Ledger {
  const chain = documentsOf(viewStore, { projection: '$chain', version: generation, incarnation })
  const kind = (name: LedgerKind) =>
    // A stream keeps its salt when a new generation begins, so that erasing it once is enough.
    documentsOf(viewStore, { projection: `$chain-${name}`, version: name === 'salt' ? 1 : generation, incarnation })

  async function blocksAt(numbers: readonly number[]): Promise<Map<number, Block>> {
    const found = await chain.getMany(numbers.map(String))
    return new Map([...found].map(([key, content]) => [Number(key), blockOf(content, Number(key))]))
  }

  async function* inBatches(from: number, count: number): AsyncGenerator<Block> {
    for (let at = from; at < from + count; at += BATCH) {
      const numbers = Array.from({ length: Math.min(BATCH, from + count - at) }, (_, i) => at + i)
      const found = await blocksAt(numbers)
      for (const n of numbers) {
        const block = found.get(n)
        if (block === undefined) return
        yield block
      }
    }
  }

  return {
    generation,
    blocks: (from, count) => Array.fromAsync(inBatches(from, count)),
    async last(known) {
      if (known !== undefined) return lastOf(chain, known)
      const size = parseState((await chain.get(STATE))?.document)?.size ?? 0
      return lastOf(chain, (await chain.has(size - 1)) ? size - 1 : -1)
    },
    create: async (block) =>
      (await chain.save(String(block.header.n), block as unknown as JsonObject, 'ifAbsent')) !== undefined,
    async tiles(of) {
      const found = await chain.getMany(of.map((tile) => `tile-${tileKey(tile)}`))
      const tiles = new Map<string, readonly Hash[]>()
      for (const [key, content] of found) {
        const hashes = parseHashes(content.hashes)
        if (hashes?.length === TILE_WIDTH) tiles.set(key.slice('tile-'.length), hashes)
      }
      return tiles
    },
    async saveTile(level, index, hashes) {
      await chain.save(`tile-${tileKey({ level, index })}`, { hashes: hashesText(hashes) }, 'ifAbsent')
    },
    async state() {
      const stored = await chain.get(STATE)
      const document = parseState(stored?.document)
      return stored && document && { document, etag: stored.etag }
    },
    async saveState(state, etag) {
      const content = state as unknown as JsonObject
      if (etag !== undefined) return chain.save(STATE, content, { ifMatch: etag })
      const found = await chain.get(STATE)
      if (found === undefined) return chain.save(STATE, content, 'ifAbsent')
      // One that does not have the shape of a state counts as missing.
      return parseState(found.document) ? undefined : chain.save(STATE, content, { ifMatch: found.etag })
    },
    get: (name, key) => kind(name).get(key),
    getMany: (name, keys) => kind(name).getMany(keys),
    save: (name, key, data, condition) => kind(name).save(key, data, condition),
    remove: (name, key) => kind(name).remove(key),
    scrub: async () => viewStore.scrub?.(),
  }
}

function blockOf(content: JsonObject, n: number): Block {
  const block = parseBlock(content, n)
  if (block === undefined) throw new LedgerDamaged(`Block ${n} of the chain does not have the shape of a block`, n)
  return block
}
