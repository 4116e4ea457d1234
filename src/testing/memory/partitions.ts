import { containsHash, type HashInterval } from '../../core/positions/hash-interval.ts'
import { hashOf } from './hash.ts'
import type { MemoryState, StoredAppend, StoredPartition } from './state.ts'

/** Splits the partition, and the feed range, that contains a hash there. */
export function splitPartition(state: MemoryState, hash: string): void {
  state.partitions = state.partitions.flatMap((partition) => cut(partition, hash, (part) => partOf(partition, part)))
  state.ranges = state.ranges.flatMap((range) => cut(range, hash, (part) => part))
}

/**
 * Merges the two partitions that meet at a hash. Feed ranges are only ever split, so they stay. The counter continues
 * from the higher one: in neither part may an event become visible behind a position that was read.
 */
export function mergePartitions(state: MemoryState, hash: string): void {
  const at = state.partitions.findIndex(({ max }) => max === hash)
  const [low, high] = [state.partitions[at], state.partitions[at + 1]]
  if (low === undefined || high === undefined) return
  const appends = [...low.appends, ...high.appends].sort((a, b) => a.lsn - b.lsn || compareHashes(a, b))
  const merged = { min: low.min, max: high.max, lsn: Math.max(low.lsn, high.lsn), appends }
  state.partitions = state.partitions.toSpliced(at, 2, merged)
}

function cut<T extends HashInterval>(whole: T, hash: string, make: (part: HashInterval) => T): T[] {
  if (!containsHash(whole, hash) || hash === whole.min) return [whole]
  return [make({ min: whole.min, max: hash }), make({ min: hash, max: whole.max })]
}

function partOf({ lsn, appends }: StoredPartition, part: HashInterval): StoredPartition {
  return { ...part, lsn, appends: appends.filter(({ streamId }) => containsHash(part, hashOf(streamId))) }
}

function compareHashes(a: StoredAppend, b: StoredAppend): number {
  const [left, right] = [hashOf(a.streamId), hashOf(b.streamId)]
  return left < right ? -1 : left > right ? 1 : 0
}
