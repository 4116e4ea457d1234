import type { JsonObject } from '../../core/json/json.ts'
import type { SaveCondition, Stored } from '../../core/port/save.ts'
import type { Hash } from '../merkle/hash.ts'
import type { Block, ChainEnd } from './blocks/block.ts'

/** The number of hashes of a full tile (C2SP, tlog-tiles). */
export const TILE_WIDTH = 256

/** The levels of the tree in a tile: one of tile level L holds the roots of the subtrees of level `LEVELS_OF_TILE * L`. */
export const LEVELS_OF_TILE = Math.log2(TILE_WIDTH)

/** How many tile levels there are: enough for 2^64 blocks. */
export const TILE_LEVELS = 8

/** Which full tile: `level` 0 holds the leaves of blocks, `index` counts the tiles of that level from 0. */
export type TileReference = { readonly level: number; readonly index: number }

/** How a tile is named in the result of `Ledger.tiles`. */
export const tileKey = ({ level, index }: TileReference): string => `${level}-${index}`

/**
 * What is known of the chain without reading its blocks. It can be computed from them, and is only trusted to save
 * time: it may be older than the last block, and a verification compares it.
 */
export type LedgerState = {
  /** The number of blocks that it covers. */
  readonly size: number
  /** The number of events sealed in them. */
  readonly events: number
  /** Where the chain of each feed range ends, for the finest ranges. */
  readonly ends: readonly ChainEnd[]
  /** For each tile level, the hashes of its last tile that is not full, as one base64 text. */
  readonly tiles: readonly string[]
}

/**
 * Where a chain is stored: documents of the reserved projection `$chain` of a storage, whose version is the chain's
 * generation. A chain of a new incarnation of the log begins a new generation.
 */
export interface Ledger {
  readonly generation: number
  /** Reads blocks from a number on, at most `count`; stops before the first that does not exist. @throws LedgerDamaged */
  blocks(from: number, count: number): Promise<readonly Block[]>
  /** The number of the last block, or -1. It probes, beginning at a number that is known to exist, by default the state's. */
  last(known?: number): Promise<number>
  /** Writes a block if there is none of its number; returns whether it did. */
  create(block: Block): Promise<boolean>
  /** The hashes of full tiles, by `tileKey`. Missing ones are omitted. */
  tiles(of: readonly TileReference[]): Promise<Map<string, readonly Hash[]>>
  saveTile(level: number, index: number, hashes: readonly Hash[]): Promise<void>
  state(): Promise<Stored<LedgerState> | undefined>
  /** Saves the state if it is still the one that was read; returns its new ETag, or undefined. */
  saveState(state: LedgerState, etag: string | undefined): Promise<string | undefined>
  /** A document of another kind (`head`, `salt`, `work`, `branch`), or undefined. */
  get(kind: LedgerKind, key: string): Promise<Stored<JsonObject> | undefined>
  getMany(kind: LedgerKind, keys: readonly string[]): Promise<Map<string, JsonObject>>
  /** Saves it under a condition; returns its new ETag, or undefined. */
  save(kind: LedgerKind, key: string, data: JsonObject, condition: SaveCondition): Promise<string | undefined>
  /** Removes it, and overwrites what is left of it in files if the storage can. */
  remove(kind: LedgerKind, key: string): Promise<void>
  /** Overwrites what is left of earlier versions of documents in files, if the storage can. */
  scrub(): Promise<void>
}

/**
 * Documents beside the blocks, each kind under a reserved projection of its own, `$chain-<kind>`, whose version is the
 * generation, except that salts are kept when a new one begins.
 */
export type LedgerKind = 'head' | 'salt' | 'work' | 'branch'
