import { isJsonObject } from '../../../core/json/json.ts'
import { parseHashes } from '../../merkle/hash.ts'
import type { ChainEnd } from '../blocks/block.ts'
import { type LedgerState, TILE_LEVELS, TILE_WIDTH } from '../ledger.ts'
import { isCount, isInterval, isPartReference, isPosition } from '../shapes.ts'

/** The number of hashes in the last tile of a tile level, if it is not full. */
const unfilledAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH

/** The state in a stored document, or undefined if it does not have the shape of one. */
export function parseState(content: unknown): LedgerState | undefined {
  if (!isJsonObject(content)) return undefined
  const { size, events, ends, tiles } = content
  if (!isCount(size) || !isCount(events)) return undefined
  if (!Array.isArray(ends) || !ends.every((end) => isEnd(end, size))) return undefined
  if (!Array.isArray(tiles) || tiles.length !== TILE_LEVELS) return undefined
  const isWhole = tiles.every((text, level) => parseHashes(text)?.length === unfilledAt(level, size))
  return isWhole ? { size, events, ends, tiles } : undefined
}

function isEnd(end: unknown, size: number): end is ChainEnd {
  if (!isJsonObject(end)) return false
  const { range, after, to, continuation } = end
  return (
    isInterval(range) &&
    isPartReference(after) &&
    after.block < size &&
    isPosition(to) &&
    typeof continuation === 'string'
  )
}
